"""How far what one model finds is from what another finds, picture by picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from darkcsp.detect.classifier import Classification
from darkcsp.detect.detections import Detections
from darkcsp.weightfile.weights import Array

LEAST_IOU = 0.5
"""Overlap (IoU) from which two boxes of a class are taken for the same thing."""


@dataclass(frozen=True)
class Pair:
    """One thing that both models found.

    Attributes:
        class_id: its class.
        iou: overlap of the two boxes, 0..1.
        pixels: the farthest that one of the four edges moved, in the picture's pixels.
        score: confidence of the second less that of the first.
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
    """Pair detections of the same class, each with the unpaired one that overlaps it most, the most certain first.

    Args:
        wanted: what the first model found.
        found: what the second model found.
        least_iou: overlap below which two boxes are no pair.
    """
    overlaps = iou(wanted.xyxy, found.xyxy)
    overlaps[wanted.class_id[:, None] != found.class_id[None]] = -1
    free = np.ones(len(found), bool)
    pairs, lost = [], []
    for row in np.argsort(-wanted.confidence, kind="stable").tolist():
        column = int(np.where(free, overlaps[row], -1).argmax()) if free.any() else -1
        if column < 0 or overlaps[row, column] < least_iou:
            lost.append(float(wanted.confidence[row]))
            continue
        free[column] = False
        moved = np.abs(wanted.xyxy[row] - found.xyxy[column]).max()
        score = found.confidence[column] - wanted.confidence[row]
        pairs.append(Pair(int(wanted.class_id[row]), float(overlaps[row, column]), float(moved), float(score)))
    return Matching(tuple(pairs), tuple(lost), tuple(sorted(found.confidence[free].tolist(), reverse=True)))


def iou(first: Array, second: Array) -> npt.NDArray[np.float64]:
    """Intersection over union of every box of (n, 4) with every box of (m, 4), xyxy: (n, m); 0 where both are empty."""
    a, b = first.astype(np.float64)[:, None], second.astype(np.float64)[None]
    inner = (np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])).clip(0).prod(2)
    union = (a[..., 2:] - a[..., :2]).prod(2) + (b[..., 2:] - b[..., :2]).prod(2) - inner
    ratio: npt.NDArray[np.float64] = np.divide(inner, union, out=np.zeros_like(inner), where=union > 0)
    return ratio


@dataclass(frozen=True)
class DetectorCost:
    """What a change of precision does to detections.

    Attributes:
        pictures: how many were compared.
        wanted: detections of the float32 model.
        matched: how many of them have a counterpart: same class, IoU at least 0.5.
        lost: detections without a counterpart.
        gained: detections that the float32 model does not have.
        lost_confidence: the largest confidence among the lost, 0 where none is.
        gained_confidence: likewise among the gained.
        mean_iou, worst_iou: overlap of matched boxes, 0..1; 1 where nothing matched.
        mean_pixels, worst_pixels: the farthest that an edge of a matched box moved, in pixels of the picture.
        mean_score, worst_score: absolute difference of confidence of matched boxes, 0..1.
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
    """Compare what two models found in the same pictures. Raises ValueError for lists of different lengths."""
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
    near: npt.NDArray[np.bool_] = iou(wanted.xyxy, found.xyxy) >= least_iou
    same_class = np.equal(wanted.class_id[:, None], found.class_id[None])
    as_certain = np.less_equal(np.abs(wanted.confidence[:, None] - found.confidence[None]), most_score)
    found_same: npt.NDArray[np.bool_] = (near & same_class & as_certain).any(1)
    return found_same


@dataclass(frozen=True)
class ClassifierCost:
    """What a change of precision does to classifications.

    Attributes:
        pictures: how many were compared.
        same_top: in how many the most probable class is the same.
        mean_probability, worst_probability: absolute difference of the probability of the class that the float32
            model takes for the most probable, 0..1.
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
    """Compare the classes that two models give the same pictures, all classes of each, the most probable first.

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
    """What a change of precision does to outputs that are neither boxes nor classes.

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
"""What a change of precision does to what a model says."""
