"""Results in the format of the COCO evaluation (cocodataset.org, "Results format"; print_cocos in src/detector.c)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, TextIO

from darkcsp.detect.coco_format import coco_entry
from darkcsp.detect.detections import Detections
from darkcsp.errors import MediaError
from darkcsp.json_text import json_text
from darkcsp.media.boxes import Box, boxes_inside
from darkcsp.media.coco_annotations import CocoAnnotations
from darkcsp.media.coco_ids import ImageIds, category_ids
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result
from darkcsp.media.targets import require_folder, write_document


class CocoResults:
    """A Sink that writes a list of {"image_id", "file_name", "category_id", "bbox", "score"} at the end.

    `bbox` is left, top, width and height in pixels, clipped to the picture. See `coco_ids` for `image_id` and
    `category_id`.
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | TextIO,
        names: Sequence[str] = (),
        *,
        classes: int | None = None,
        annotations: CocoAnnotations | None = None,
        pictures: Iterable[str] = (),
    ) -> None:
        """Write to a file or an open stream.

        Args:
            target: the file or stream.
            names: the classes' names, () if they are unknown.
            classes: number of classes; as many as names by default.
            annotations: those of the data set, with the ids of images and categories.
            pictures: origins of frames that are known in advance.

        Raises:
            MediaError: the file's folder does not exist, or a class or picture has no id or the same id as another.
        """
        self._target = target
        self._images = ImageIds(annotations, pictures)
        self._categories = category_ids(names, classes, annotations)
        self._found: dict[int, tuple[str, list[Box]]] = {}
        if isinstance(target, (str, os.PathLike)):
            require_folder(target)

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink. Also raises MediaError for a picture or class without an id."""
        if not isinstance(result, Detections):
            return
        if frame.clip is not None:
            raise MediaError(frame.title, "frames of videos have no COCO image ids")
        number, boxes = self._images.of(frame.origin), boxes_inside(frame, result)
        for box in boxes:
            if box.class_id >= len(self._categories):
                raise MediaError(frame.title, f"class {box.class_id} has no COCO category id")
        if number in self._found:
            raise MediaError(frame.title, f"appears twice; COCO image {number} can have only one result")
        self._found[number] = PurePosixPath(frame.origin).name, boxes

    def close(self) -> None:
        """See Sink."""
        entries = [self._entry(number, name, box) for number, (name, boxes) in self._found.items() for box in boxes]
        write_document(self._target, json_text(entries) + "\n")

    def discard(self) -> None:
        """See Sink."""

    def _entry(self, image_id: int, file_name: str, box: Box) -> dict[str, Any]:
        sides = (box.left, box.top, box.right, box.bottom)
        entry = coco_entry(image_id, self._categories[box.class_id], *sides, box.confidence)
        return {"image_id": image_id, "file_name": file_name, **entry}
