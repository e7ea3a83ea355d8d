"""Boxes clipped to their picture, for formats that do not allow boxes beyond it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from darkcsp.detect.detections import Detections
from darkcsp.media.frame import Frame


class Box(NamedTuple):
    """A box inside its picture, with edges in pixels; `cut` if the original box reached beyond the picture."""

    class_id: int
    name: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float
    cut: bool


def boxes_inside(frame: Frame, found: Detections) -> list[Box]:
    """Clip boxes to the picture and leave out those that lie entirely outside."""
    height, width = frame.image.shape[:2]
    whole = np.nan_to_num(found.xyxy)
    inside = whole.clip(0, np.array([width, height] * 2, np.float32))
    cut = (inside != whole).any(1)
    lists = (found.class_id.tolist(), found.names, found.confidence.tolist(), inside.tolist(), cut.tolist())
    boxes = [
        Box(class_id, name, score, left, top, right, bottom, part)
        for class_id, name, score, (left, top, right, bottom), part in zip(*lists, strict=True)
    ]
    return [box for box in boxes if box.right > box.left and box.bottom > box.top]
