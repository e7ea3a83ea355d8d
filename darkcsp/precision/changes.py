"""Which detections another engine or precision does not give the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from darkcsp.detect.detections import Detections
from darkcsp.precision.matching import iou


@dataclass(frozen=True)
class Seen:
    """What a model finds in a picture, down to a confidence somewhat below the one that counts.

    Attributes:
        kept: the boxes that are left by suppression.
        all: the boxes before it.
    """

    kept: Detections
    all: Detections


@dataclass(frozen=True)
class Changes:
    """Detections that another model does not have the same.

    Attributes:
        changed: those without a box of the same class, IoU and confidence in the other model.
        ties: those that the other model has the same before suppression, which kept another of the boxes that overlap.
    """

    changed: int
    ties: int


def changes(one: Seen, other: Seen, threshold: float, least_iou: float, most_score: float) -> Changes:
    """Count the detections of each of two models that the other does not have the same.

    Args:
        one: what a model finds, down to `threshold - most_score`.
        other: what the other finds.
        threshold: confidence above which a box counts.
        least_iou: overlap that the same box has at least.
        most_score: by which its confidence differs at most.
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
