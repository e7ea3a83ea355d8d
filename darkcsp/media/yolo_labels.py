"""Labels in the format that Darknet trains with (fill_truth_detection in src/data.c)."""

from __future__ import annotations

from darkcsp.detect.detections import Detections
from darkcsp.media.boxes import Box, boxes_inside
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result
from darkcsp.media.targets import Targets, write_file


class YoloLabels:
    """A Sink that writes one text file per picture; each line has the class and cx, cy, w, h relative to the picture.

    The file is empty if nothing was found, as Darknet expects. Each frame of a video has its own file,
    `name-000012.txt`.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        if not isinstance(result, Detections):
            return
        height, width = frame.image.shape[:2]
        lines = [_line(box, width, height) for box in boxes_inside(frame, result)]
        write_file(self._targets.path(frame.own_path, (), ".txt"), "".join(lines))

    def close(self) -> None:
        """See Sink."""

    def discard(self) -> None:
        """See Sink."""


def _line(box: Box, width: int, height: int) -> str:
    centre = ((box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height)
    values = (*centre, (box.right - box.left) / width, (box.bottom - box.top) / height)
    return f"{box.class_id} {' '.join(f'{value:.6f}' for value in values)}\n"
