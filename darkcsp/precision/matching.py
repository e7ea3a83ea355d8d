"""Matches the detections of two models in one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.detect.detections import Detections

LEAST_IOU = 0.5
"""IoU from which two boxes of a class are taken as the same object."""


@dataclass(frozen=True)
class Pair:
    """One object that both models found.

    Attributes:
        class_id: its class.
        iou: IoU of the two boxes, 0..1.
        pixels: the largest shift of one of the four edges, in the picture's pixels.
        score: confidence of the second minus that of the first.
    """

    class_id: int
    iou: float
    pixels: float
    score: float


@dataclass(frozen=True)
class Matching:
    """Detections of two models in one picture side by side; `lost` and `gained` are confidences, largest first."""

    pairs: tuple[Pair, ...]
    lost: tuple[float, ...]
    gained: tuple[float, ...]


def match(wanted: Detections, found: Detections, least_iou: float = LEAST_IOU) -> Matching:
    """Pair detections of the same class, each with the unpaired one that overlaps it most, most confident first.

    Args:
        wanted: the detections of the first model.
        found: the detections of the second model.
        least_iou: minimum IoU of a pair.
    """
    free = np.ones(len(found), bool)
    pairs, lost = [], []
    for row in np.argsort(-wanted.confidence, kind="stable").tolist():
        candidates = np.flatnonzero(free & (found.class_id == wanted.class_id[row]))
        overlaps = iou(wanted.xyxy[row, None], found.xyxy[candidates])[0]
        if overlaps.max(initial=-1) < least_iou:
            lost.append(float(wanted.confidence[row]))
            continue
        column = int(candidates[overlaps.argmax()])
        free[column] = False
        moved = np.abs(wanted.xyxy[row] - found.xyxy[column]).max()
        score = found.confidence[column] - wanted.confidence[row]
        pairs.append(Pair(int(wanted.class_id[row]), float(overlaps.max()), float(moved), float(score)))
    return Matching(tuple(pairs), tuple(lost), tuple(sorted(found.confidence[free].tolist(), reverse=True)))


def iou(first: Array, second: Array) -> npt.NDArray[np.float64]:
    """Return the IoU of every box of (n, 4) with every box of (m, 4), xyxy, as (n, m); 0 if both are empty."""
    a, b = first.astype(np.float64)[:, None], second.astype(np.float64)[None]
    inner = (np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])).clip(0).prod(2)
    union = (a[..., 2:] - a[..., :2]).prod(2) + (b[..., 2:] - b[..., :2]).prod(2) - inner
    ratio: npt.NDArray[np.float64] = np.divide(inner, union, out=np.zeros_like(inner), where=union > 0)
    return ratio
