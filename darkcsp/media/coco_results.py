"""Results in the format of the COCO evaluation (cocodataset.org, "Results format"; print_cocos in src/detector.c)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TextIO

from darkcsp.detect.detections import Detections
from darkcsp.json_text import json_text
from darkcsp.media.boxes import Box, boxes_inside
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result
from darkcsp.media.targets import require_folder, write_document

_UNUSED = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
COCO_IDS = tuple(number for number in range(1, 91) if number not in _UNUSED)
"""COCO's numbers of its 80 classes: ten of 1 to 90 were never used."""


class CocoResults:
    """A Sink that writes a list of {"image_id", "file_name", "category_id", "bbox", "score"}, at the end.

    `bbox` is left, top, width and height in pixels, inside the picture. `image_id` is the number that the file's name
    is, as in COCO's own pictures (000000000139.jpg is 139), where every picture has such a name and no two the same;
    else pictures count from 1. `category_id` is COCO's for COCO's 80 classes, and counts on from 91 for classes beyond
    them; else it is the class's number from 1.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO, classes: Sequence[str] = ()) -> None:
        """Write to a file or an open stream. Raises MediaError where the file's folder does not exist."""
        self._target = target
        self._coco = len(classes) == len(COCO_IDS) and (classes[0], classes[-1]) == ("person", "toothbrush")
        self._pictures: list[tuple[str, list[Box]]] = []
        if isinstance(target, (str, os.PathLike)):
            require_folder(target)

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        if isinstance(result, Detections):
            name = frame.own_path.name if frame.clip else PurePosixPath(frame.origin).name
            self._pictures.append((name, boxes_inside(frame, result)))

    def close(self) -> None:
        """See Sink."""
        numbers = _image_ids([name for name, _ in self._pictures])
        entries = [
            {"image_id": number, "file_name": name, **self._entry(box)}
            for number, (name, boxes) in zip(numbers, self._pictures, strict=True)
            for box in boxes
        ]
        text = json_text(entries) + "\n"
        write_document(self._target, text)

    def discard(self) -> None:
        """See Sink."""

    def _entry(self, box: Box) -> dict[str, object]:
        sides = (box.left, box.top, box.right - box.left, box.bottom - box.top)
        return {
            "category_id": self._category(box.class_id),
            "bbox": [round(value, 3) for value in sides],
            "score": round(box.confidence, 6),
        }

    def _category(self, class_id: int) -> int:
        if not self._coco:
            return class_id + 1
        if class_id < len(COCO_IDS):
            return COCO_IDS[class_id]
        return COCO_IDS[-1] + 1 + class_id - len(COCO_IDS)


def _image_ids(names: Sequence[str]) -> list[int]:
    stems = [PurePosixPath(name).stem for name in names]
    if all(stem.isascii() and stem.isdecimal() for stem in stems):
        numbers = [int(stem) for stem in stems]
        if len(set(numbers)) == len(numbers):
            return numbers
    return list(range(1, len(names) + 1))
