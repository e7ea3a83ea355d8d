"""The ids of pictures and classes in COCO results: one rule for each, and an error if the rule gives no answer.

A picture's `image_id` is that of the image in the annotations with the same file name. Without annotations, it is the
number that is the file name or follows its last "_", as in COCO's own 000000000139.jpg and
COCO_val2014_000000000042.jpg (get_coco_image_id in src/detector.c). No two pictures may have the same id. Frames of
videos have no id.

A class's `category_id` is that of the category in the annotations with the same name, in COCO's or Darknet's spelling.
Without annotations, COCO's 80 classes, and 80 classes without names, get COCO's own ids; other classes count from 1.
The last two cases are logged to the logger "darkcsp".
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
    """Gives each picture its id, and no id to two pictures."""

    def __init__(self, annotations: CocoAnnotations | None = None, pictures: Iterable[str] = ()) -> None:
        """Check the ids of pictures that are known in advance. Raises MediaError as `of` does."""
        self._annotations = annotations
        self._pictures: dict[int, str] = {}
        for picture in pictures:
            self.of(picture)

    def of(self, picture: str) -> int:
        """Return a picture's id.

        Args:
            picture: its path or address, with "/" between the parts.

        Raises:
            MediaError: it has no id, or the id of another picture.
        """
        number = self._number(picture)
        other = self._pictures.setdefault(number, picture)
        if other != picture:
            raise MediaError(picture, f"has COCO image id {number}, the same as {other}; {self._advice}")
        return number

    def _number(self, picture: str) -> int:
        path = PurePosixPath(picture)
        if path.suffix.lower() in VIDEOS:
            raise MediaError(picture, "is a video, whose frames have no COCO image ids; use --jsonl or --csv")
        if self._annotations is not None and self._annotations.images:
            return self._annotations.image_id(picture)
        match = _NUMBERED.fullmatch(path.stem)
        if match is None:
            reason = "has no COCO image id: its name does not end in a number like 000000000139.jpg"
            raise MediaError(picture, f"{reason}; {self._advice}")
        return int(match[1])

    @property
    def _advice(self) -> str:
        if self._annotations is not None and self._annotations.images:
            return "run them separately"
        return "pass --annotations FILE to look the ids up"


def category_ids(names: Sequence[str], classes: int | None, annotations: CocoAnnotations | None) -> Sequence[int]:
    """Return the category id of each class, by class number.

    Args:
        names: the classes' names, () if they are unknown.
        classes: number of classes; as many as names by default.
        annotations: those of the data set, if any.

    Raises:
        MediaError: a class has no category id, or two classes have the same one.
    """
    count = len(names) if classes is None else classes
    if annotations is not None and annotations.categories:
        every = [*names[:count], *[""] * (count - len(names))]
        return _by_name(every, annotations)
    if len(names) == len(COCO_IDS) and coco_ids_of(range(len(names)), names):
        if count > len(names):
            raise MediaError("", f"--coco: the network has {count} classes, but only the names of COCO's {len(names)}")
        return COCO_IDS
    if not names and count == len(COCO_IDS):
        logger.info("--coco: the 80 classes have no names and get the category ids of COCO's 80 classes")
        return COCO_IDS
    logger.info("--coco: category ids count from 1 in class order; pass --annotations FILE to look them up by name")
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
        advice = "pass --names or --data with the names of its categories"
        raise MediaError(annotations.path, f"has no category for class {listed}; {advice}")
    seen: dict[int, str] = {}
    for name, number in shown:
        if number is not None and seen.setdefault(number, name) != name:
            raise MediaError(annotations.path, f"category {number} belongs to two classes, {seen[number]} and {name}")
    return tuple(-1 if number is None else number for number in ids)  # classes that are never shown have no id
