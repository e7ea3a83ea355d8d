"""Non-maximum suppression as Darknet does it (do_nms_sort and diounms_sort in src/box.c)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from darkcsp.weightfile.weights import Array

GREEDY_BETA = 0.6
"""What greedynms has in the place of beta_nms (box_diou)."""


def suppress(boxes: Array, scores: Array, threshold: float, kind: str = "default", beta: float = 0.6) -> Array:
    """Suppress, class by class, every box that overlaps a more probable one of its class.

    Args:
        boxes: (n, 4) float32: cx, cy, w, h, relative to the picture.
        scores: (n, classes) float32; 0 where a box is not of a class.
        threshold: overlap from which on boxes count as one; 0 suppresses nothing at all, as in Darknet.
        kind: `nms_kind` of the cfg. "default": overlap is intersection over union. "diounms": less
            (d^2 / c^2)^beta, with d the distance of the centres and c the diagonal around both boxes. "greedynms": as
            "diounms" with an exponent of 0.6. Anything else is "default".
        beta: `beta_nms` of the cfg.

    Returns:
        The scores, with 0 where a box is suppressed.
    """
    kept = scores.copy()
    if not threshold:
        return kept
    limit = np.float32(threshold)
    for column in np.flatnonzero(np.count_nonzero(scores > 0, 0) > 1):
        _suppress_class(boxes, kept[:, column], limit, {"diounms": beta, "greedynms": GREEDY_BETA}.get(kind))
    return kept


def _suppress_class(boxes: Array, scores: Array, limit: np.float32, beta: float | None) -> None:
    """Set scores (n,) of suppressed boxes to 0 in place."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > 0]
    while len(order) > 1:
        first, others = order[0], order[1:]
        covered = overlap(boxes[first], boxes[others], beta) > limit
        scores[others[covered]] = 0
        order = others[~covered]


def overlap(box: Array, others: Array, beta: float | None = None) -> Array:
    """Return intersection over union of a box (4,) with others (n, 4); with `beta`, less the distance's share."""
    near, far = box[:2] - box[2:] / 2, box[:2] + box[2:] / 2
    nears, fars = others[:, :2] - others[:, 2:] / 2, others[:, :2] + others[:, 2:] / 2
    sides = np.minimum(far, fars) - np.maximum(near, nears)
    shared = np.where((sides < 0).any(1), np.float32(0), sides[:, 0] * sides[:, 1])
    union = box[2] * box[3] + others[:, 2] * others[:, 3] - shared
    iou = _divide(shared, union)
    if beta is None:
        return iou
    around = ((np.maximum(far, fars) - np.minimum(near, nears)) ** 2).sum(1)
    apart = ((box[:2] - others[:, :2]) ** 2).sum(1)
    return iou - np.power(_divide(apart, around).astype(np.float64), beta).astype(np.float32)


def _divide(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> Array:
    """a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0)
