"""Non-maximum suppression as Darknet does it (do_nms_sort and diounms_sort in src/box.c), and as WongKinYiu does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array

GREEDY_BETA = 0.6
"""What greedynms has in the place of beta_nms (box_diou)."""

APART, MOST = 4096, 300
"""Pixels between the places of two classes, and boxes that are left, in WongKinYiu's programs."""

_AT_ONCE = 4096
"""Boxes that every two are compared of; more would take too much memory."""

_ROWS = 64


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
    candidates = np.count_nonzero(scores > 0, 0) > 1
    if not threshold or not candidates.any():
        return kept
    limit = np.float32(threshold)
    exponent = {"diounms": beta, "greedynms": GREEDY_BETA}.get(kind)
    if len(boxes) > _AT_ONCE:
        for column in np.flatnonzero(candidates):
            _suppress_class(boxes, kept[:, column], limit, exponent)
        return kept
    covers = _pairs(boxes, limit, exponent)
    present = (scores > 0).astype(np.float32)
    for column in np.flatnonzero((covers.astype(np.float32) @ present * present).any(0)):
        _suppress_covered(covers, kept[:, column])
    return kept


def suppress_moved_apart(boxes: Array, scores: Array, threshold: float) -> Array:
    """Suppress as WongKinYiu's PyTorch programs do: all boxes at once, those of each class moved to a place of its own.

    Args:
        boxes: (n, 4) float32: cx, cy, w, h, in pixels of the network's input.
        scores: (n, classes) float32; 0 where a box is not of a class.
        threshold: overlap above which the less probable of two boxes is dropped.

    Returns:
        The scores of the most probable boxes that are left, 300 at most, 0 elsewhere.
    """
    kept = np.zeros_like(scores)
    row, column = np.nonzero(scores)
    order = np.argsort(-scores[row, column], kind="stable")
    row, column = row[order], column[order]
    near, far = _corners(boxes[row])
    moved = column.astype(np.float32)[:, None] * np.float32(APART)
    near, far = near + moved, far + moved
    areas = np.prod(far - near, 1)
    alive, left = np.ones(len(row), np.bool_), 0
    for position in range(len(row)):
        if not alive[position]:
            continue
        kept[row[position], column[position]] = scores[row[position], column[position]]
        left += 1
        if left == MOST:
            break
        rest = slice(position + 1, None)
        shared = np.prod(
            np.clip(np.minimum(far[position], far[rest]) - np.maximum(near[position], near[rest]), 0, None), 1
        )
        alive[rest] &= _divide(shared, areas[position] + areas[rest] - shared) <= np.float32(threshold)
    return kept


def _corners(boxes: Array) -> tuple[Array, Array]:
    """Left and top, and right and bottom, of boxes (n, 4)."""
    half = boxes[:, 2:] * np.float32(0.5)
    return boxes[:, :2] - half, boxes[:, :2] + half


def _pairs(boxes: Array, limit: np.float32, beta: float | None) -> npt.NDArray[np.bool_]:
    """Tell of every two boxes (n, 4) whether they overlap by more than the limit; (n, n), no box with itself."""
    covers = np.empty((len(boxes), len(boxes)), np.bool_)
    for start in range(0, len(boxes), _ROWS):
        rows = boxes[start : start + _ROWS, None]
        covers[start : start + _ROWS] = overlap(rows, boxes[None], beta) > limit
    np.fill_diagonal(covers, False)
    return covers


def _suppress_covered(covers: npt.NDArray[np.bool_], scores: Array) -> None:
    """Set scores (n,) of suppressed boxes to 0 in place; `covers` is what `_pairs` gives."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > 0]
    between = np.triu(covers[np.ix_(order, order)], 1)
    alive = np.ones(len(order), np.bool_)
    for position in np.flatnonzero(between.any(1)):
        if alive[position]:
            alive &= ~between[position]
    scores[order[~alive]] = 0


def _suppress_class(boxes: Array, scores: Array, limit: np.float32, beta: float | None) -> None:
    """As `_suppress_covered`, without the memory for every two boxes."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > 0]
    while len(order) > 1:
        first, others = order[0], order[1:]
        covered = overlap(boxes[first], boxes[others], beta) > limit
        scores[others[covered]] = 0
        order = others[~covered]


def overlap(box: Array, others: Array, beta: float | None = None) -> Array:
    """Return intersection over union of boxes (..., 4) with others (..., 4); with `beta`, less the distance's share."""
    (left, right), (top, bottom) = _sides(box, 0), _sides(box, 1)
    (lefts, rights), (tops, bottoms) = _sides(others, 0), _sides(others, 1)
    width, height = (
        np.minimum(right, rights) - np.maximum(left, lefts),
        np.minimum(bottom, bottoms) - np.maximum(top, tops),
    )
    shared = np.where((width < 0) | (height < 0), np.float32(0), width * height)
    union = box[..., 2] * box[..., 3] + others[..., 2] * others[..., 3] - shared
    iou = _divide(shared, union)
    if beta is None:
        return iou
    across, down = (
        np.maximum(right, rights) - np.minimum(left, lefts),
        np.maximum(bottom, bottoms) - np.minimum(top, tops),
    )
    around = across**2 + down**2
    apart = (box[..., 0] - others[..., 0]) ** 2 + (box[..., 1] - others[..., 1]) ** 2
    return iou - np.power(_divide(apart, around).astype(np.float64), beta).astype(np.float32)


def _sides(boxes: Array, axis: int) -> tuple[Array, Array]:
    """Where boxes begin and end along x, 0, or y, 1."""
    half: Array = boxes[..., 2 + axis] * np.float32(0.5)
    centre: Array = boxes[..., axis]
    return centre - half, centre + half


def _divide(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> Array:
    """a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0)
