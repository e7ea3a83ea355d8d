"""Measures how a change of precision affects a model's results on many pictures, and describes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from darkcsp.arrays import Array
from darkcsp.detect.classifier import Classification
from darkcsp.detect.detections import Detections
from darkcsp.precision.matching import match


@dataclass(frozen=True)
class DetectorCost:
    """The effect of a change of precision on detections.

    Attributes:
        pictures: how many were compared.
        wanted: detections of the float32 model.
        matched: how many of them have a counterpart of the same class with an IoU of at least 0.5.
        lost: detections without a counterpart.
        gained: detections that only the other model has.
        lost_confidence: the highest confidence of the lost detections, 0 if there are none.
        gained_confidence: the highest confidence of the gained detections, 0 if there are none.
        mean_iou, worst_iou: IoU of matched boxes, 0..1; 1 if nothing matched.
        mean_pixels, worst_pixels: the largest shift of an edge of a matched box, in pixels of the picture.
        mean_score, worst_score: absolute difference in confidence of matched boxes, 0..1.
    """

    pictures: int
    wanted: int
    matched: int
    lost: int
    gained: int
    lost_confidence: float
    gained_confidence: float
    mean_iou: float
    worst_iou: float
    mean_pixels: float
    worst_pixels: float
    mean_score: float
    worst_score: float

    def lines(self) -> list[str]:
        """The figures in words."""
        return [
            f"{self.matched} of {self.wanted} detections in {self.pictures} pictures stay, "
            f"{self.lost} lost{_up_to(self.lost, self.lost_confidence)}, "
            f"{self.gained} gained{_up_to(self.gained, self.gained_confidence)}",
            f"boxes: IoU {self.mean_iou:.3f} on average, {self.worst_iou:.3f} at worst; edges move "
            f"{self.mean_pixels:.2f} pixels on average, {self.worst_pixels:.2f} at worst",
            f"confidence: differs by {self.mean_score:.4f} on average, {self.worst_score:.4f} at worst",
        ]


def _up_to(count: int, confidence: float) -> str:
    return f" (confidence up to {confidence:.2f})" if count else ""


def detector_cost(wanted: Sequence[Detections], found: Sequence[Detections]) -> DetectorCost:
    """Compare the detections of two models in the same pictures. Raises ValueError for lists of different lengths."""
    matchings = [match(a, b) for a, b in zip(wanted, found, strict=True)]
    pairs = [pair for matching in matchings for pair in matching.pairs]
    lost = [score for matching in matchings for score in matching.lost]
    gained = [score for matching in matchings for score in matching.gained]
    ious = [pair.iou for pair in pairs] or [1.0]
    pixels = [pair.pixels for pair in pairs] or [0.0]
    scores = [abs(pair.score) for pair in pairs] or [0.0]
    return DetectorCost(
        pictures=len(wanted),
        wanted=len(pairs) + len(lost),
        matched=len(pairs),
        lost=len(lost),
        gained=len(gained),
        lost_confidence=max(lost, default=0.0),
        gained_confidence=max(gained, default=0.0),
        mean_iou=float(np.mean(ious)),
        worst_iou=min(ious),
        mean_pixels=float(np.mean(pixels)),
        worst_pixels=max(pixels),
        mean_score=float(np.mean(scores)),
        worst_score=max(scores),
    )


@dataclass(frozen=True)
class ClassifierCost:
    """The effect of a change of precision on classifications.

    Attributes:
        pictures: how many were compared.
        same_top: in how many pictures the most probable class is the same.
        mean_probability, worst_probability: absolute difference in the probability of the float32 model's most
            probable class, 0..1.
    """

    pictures: int
    same_top: int
    mean_probability: float
    worst_probability: float

    def lines(self) -> list[str]:
        """The figures in words."""
        return [
            f"the most probable class is the same in {self.same_top} of {self.pictures} pictures",
            f"its probability differs by {self.mean_probability:.4f} on average, {self.worst_probability:.4f} at worst",
        ]


def classifier_cost(
    wanted: Sequence[Sequence[Classification]], found: Sequence[Sequence[Classification]]
) -> ClassifierCost:
    """Compare the classes of two models for the same pictures; each list has all classes, the most probable first.

    Raises ValueError for lists of different lengths.
    """
    same, shifts = 0, []
    for first, second in zip(wanted, found, strict=True):
        top = first[0]
        same += second[0].class_id == top.class_id
        counterpart = next(item.probability for item in second if item.class_id == top.class_id)
        shifts.append(abs(counterpart - top.probability))
    return ClassifierCost(len(shifts), same, float(np.mean(shifts or [0.0])), max(shifts, default=0.0))


@dataclass(frozen=True)
class OutputCost:
    """The effect of a change of precision on outputs that are neither boxes nor classes.

    Attributes:
        pictures: how many were compared.
        mean, worst: absolute difference, divided by the output's largest absolute value.
    """

    pictures: int
    mean: float
    worst: float

    def lines(self) -> list[str]:
        """The figures in words."""
        return [
            f"outputs differ by {self.mean:.2e} of their largest value on average, {self.worst:.2e} at worst, in "
            f"{self.pictures} pictures"
        ]


def output_cost(wanted: Sequence[Sequence[Array]], found: Sequence[Sequence[Array]]) -> OutputCost:
    """Compare the outputs of two models for the same pictures. Raises ValueError for lists of different lengths."""
    shifts = [
        np.abs(a - b) / max(float(np.abs(a).max()), 1e-12)
        for first, second in zip(wanted, found, strict=True)
        for a, b in zip(first, second, strict=True)
    ]
    means, worst = [float(shift.mean()) for shift in shifts], [float(shift.max()) for shift in shifts]
    return OutputCost(len(wanted), float(np.mean(means or [0.0])), max(worst, default=0.0))


Cost = DetectorCost | ClassifierCost | OutputCost
"""The effect of a change of precision on a model's results."""
