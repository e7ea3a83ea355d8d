"""Counts the detections that differ with another engine or precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from darkcsp.detect.detections import Detections
from darkcsp.precision.matching import iou


@dataclass(frozen=True)
class Seen:
    """A model's detections in a picture, down to a confidence somewhat below the threshold.

    Attributes:
        kept: the boxes after NMS.
        all: the boxes before NMS.
    """

    kept: Detections
    all: Detections


@dataclass(frozen=True)
class Changes:
    """Numbers of detections that differ in another model.

    Attributes:
        changed: detections without a matching box (class, IoU and confidence) in the other model.
        ties: detections with a match before NMS only, which kept another of the overlapping boxes.
    """

    changed: int
    ties: int


def changes(one: Seen, other: Seen, threshold: float, least_iou: float, most_score: float) -> Changes:
    """Count the detections of each of two models without a match in the other.

    Args:
        one: the detections of one model, down to `threshold - most_score`.
        other: the detections of the other.
        threshold: confidence above which a box counts.
        least_iou: minimum IoU of matching boxes.
        most_score: maximum difference of their confidences.
    """
    changed = ties = 0
    for first, second in ((one, other), (other, one)):
        counts = first.kept[first.kept.confidence > threshold]
        kept = _has_same(counts, second.kept, least_iou, most_score)
        known = _has_same(counts, second.all, least_iou, most_score)
        changed += int((~kept & ~known).sum())
        ties += int((~kept & known).sum())
    return Changes(changed, ties)


def _has_same(wanted: Detections, found: Detections, least_iou: float, most_score: float) -> npt.NDArray[np.bool_]:
    same = np.zeros(len(wanted), np.bool_)
    for row, (class_id, confidence) in enumerate(zip(wanted.class_id, wanted.confidence, strict=True)):
        alike = (found.class_id == class_id) & (np.abs(found.confidence - confidence) <= most_score)
        same[row] = (iou(wanted.xyxy[row, None], found.xyxy[alike]) >= least_iou).any()
    return same
