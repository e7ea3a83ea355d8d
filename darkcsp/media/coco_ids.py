"""The numbers that pictures and classes have in COCO results: one rule for each, and an error where it does not decide.

A picture's `image_id` is that of the image in the annotations that has its file name. Without annotations it is the
number at the end of the name, alone or after the last "_", as in COCO's own 000000000139.jpg and
COCO_val2014_000000000042.jpg (get_coco_image_id in src/detector.c). No two pictures may have the same. The frames of a
video have none.

A class's `category_id` is that of the category in the annotations that has its name, in COCO's spelling or in
Darknet's. Without annotations it is COCO's own for COCO's 80 classes, and for 80 classes without names; other classes
count from 1. The last two are told to the logger "darkcsp".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from darkcsp.detect.coco_format import COCO_IDS, coco_ids_of, name_key
from darkcsp.detect.names import HIDDEN
from darkcsp.errors import MediaError
from darkcsp.media.coco_annotations import CocoAnnotations
from darkcsp.media.paths import VIDEOS

_NUMBERED = re.compile(r"(?:.*_)?([0-9]{1,18})", re.DOTALL)
_COUNTED = range(1, 2**31)

logger = logging.getLogger("darkcsp")


class ImageIds:
    """Gives each picture its number, and none to two."""

    def __init__(self, annotations: CocoAnnotations | None = None, pictures: Iterable[str] = ()) -> None:
        """Number pictures that are known beforehand. Raises MediaError as `of` does."""
        self._annotations = annotations
        self._pictures: dict[int, str] = {}
        for picture in pictures:
            self.of(picture)

    def of(self, picture: str) -> int:
        """Return a picture's number.

        Args:
            picture: its path or address, with "/" between the parts.

        Raises:
            MediaError: it has none, or the one of another picture.
        """
        number = self._number(picture)
        other = self._pictures.setdefault(number, picture)
        if other != picture:
            raise MediaError(picture, f"is COCO image {number}, and so is {other}; {self._advice}")
        return number

    def _number(self, picture: str) -> int:
        path = PurePosixPath(picture)
        if path.suffix.lower() in VIDEOS:
            raise MediaError(picture, "is a video, whose frames have no COCO image ids; --jsonl and --csv take them")
        if self._annotations is not None and self._annotations.images:
            return self._annotations.image_id(picture)
        match = _NUMBERED.fullmatch(path.stem)
        if match is None:
            reason = "has no COCO image id: its name does not end in a number as 000000000139.jpg does"
            raise MediaError(picture, f"{reason}; {self._advice}")
        return int(match[1])

    @property
    def _advice(self) -> str:
        if self._annotations is not None and self._annotations.images:
            return "run them one by one"
        return "--annotations FILE says which image each picture is"


def category_ids(names: Sequence[str], classes: int | None, annotations: CocoAnnotations | None) -> Sequence[int]:
    """Return the number of each class, by class number.

    Args:
        names: the classes' names, () if they are not known.
        classes: how many there are; as many as names by default.
        annotations: the data set's, if there are any.

    Raises:
        MediaError: a class has none, or two have the same.
    """
    count = len(names) if classes is None else classes
    if annotations is not None and annotations.categories:
        every = [*names[:count], *[""] * (count - len(names))]
        return _by_name(every, annotations)
    if len(names) == len(COCO_IDS) and coco_ids_of(range(len(names)), names):
        if count > len(names):
            raise MediaError("", f"--coco: the network has {count} classes, but names for COCO's {len(names)}")
        return COCO_IDS
    if not names and count == len(COCO_IDS):
        logger.info("--coco: the 80 classes, which have no names, get the category ids of COCO's 80")
        return COCO_IDS
    logger.info("--coco: category ids count from 1 in the order of the classes; --annotations FILE finds them by name")
    return _COUNTED


def _by_name(names: Sequence[str], annotations: CocoAnnotations) -> tuple[int, ...]:
    spelled = {name_key(name): number for name, number in annotations.categories.items()}
    ids: list[int | None] = [
        annotations.categories.get(name, spelled.get(name_key(name))) if name else None for name in names
    ]
    shown = [(name or str(class_id), number) for class_id, (name, number) in enumerate(zip(names, ids, strict=True))]
    missing = [name for name, number in shown if number is None and not name.startswith(HIDDEN)]
    if missing:
        listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        advice = "--names or --data should give the classes the names of its categories"
        raise MediaError(annotations.path, f"has no category with the name of class {listed}; {advice}")
    seen: dict[int, str] = {}
    for name, number in shown:
        if number is not None and seen.setdefault(number, name) != name:
            raise MediaError(annotations.path, f"has one category, {number}, for classes {seen[number]} and {name}")
    return tuple(-1 if number is None else number for number in ids)  # a class that is never shown has none
