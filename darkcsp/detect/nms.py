"""Non-maximum suppression as Darknet does it (do_nms_sort and diounms_sort in src/box.c), and as WongKinYiu does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array

GREEDY_BETA = 0.6
"""The exponent that greedynms uses instead of beta_nms (box_diou)."""

APART = 4096
"""Pixels by which the boxes of consecutive classes are shifted in WongKinYiu's programs."""

CANDIDATES = 30_000
"""Maximum number of scores that enter NMS; a network that scores everything high gives millions."""

_AT_ONCE = 1024
"""Maximum number of boxes for which all pairs are compared; with more, each class is compared separately."""

_ROWS = 64

Covers = Callable[[npt.NDArray[np.intp], npt.NDArray[np.intp]], npt.NDArray[np.bool_]]
"""Takes positions (r,) and (c,) of boxes; returns whether each of the first suppresses each of the second: (r, c)."""


def strongest(scores: Array, most: int = CANDIDATES) -> Array:
    """Return scores with all but the `most` highest set to 0; among equal ones the first are kept."""
    flat = scores.ravel()
    if np.count_nonzero(flat) <= most:
        return scores
    least = np.partition(flat, len(flat) - most)[len(flat) - most]
    equal = np.flatnonzero(flat == least)
    kept = np.where(flat > least, flat, np.float32(0))
    kept[equal[: most - np.count_nonzero(kept)]] = least
    return kept.reshape(scores.shape)


def one_class_each(scores: Array) -> Array:
    """Return scores (n, classes) with all but each box's highest set to 0; among equal ones the first is kept."""
    kept = np.zeros_like(scores)
    best = scores.argmax(1)[:, None]
    np.put_along_axis(kept, best, np.take_along_axis(scores, best, 1), 1)
    return kept


def suppress(
    boxes: Array, scores: Array, threshold: float, kind: str = "default", beta: float = 0.6, most: int | None = None
) -> Array:
    """Suppress, class by class, every box that overlaps a more probable box of its class.

    Args:
        boxes: (n, 4) float32: cx, cy, w, h, relative to the picture.
        scores: (n, classes) float32; 0 where a box is not of a class.
        threshold: overlap above which the less probable box is suppressed; 0 suppresses nothing, as in Darknet.
        kind: `nms_kind` of the cfg. "default": the overlap is the IoU. "diounms": the IoU minus (d^2 / c^2)^beta, where
            d is the distance between the centres and c the diagonal around both boxes. "greedynms": as "diounms" with
            an exponent of 0.6. Anything else is "default".
        beta: `beta_nms` of the cfg.
        most: how many boxes per class are needed; less probable ones may be dropped.

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
            _suppress_class(boxes, kept[:, column], limit, exponent, most)
        return kept
    covers = _pairs(boxes, limit, exponent)
    present = (scores > 0).astype(np.float32)
    for column in np.flatnonzero((covers.astype(np.float32) @ present * present).any(0)):
        _suppress_covered(covers, kept[:, column])
    return kept


def suppress_agnostic(
    boxes: Array, scores: Array, threshold: float, kind: str = "default", beta: float = 0.6, most: int | None = None
) -> Array:
    """Like `suppress`, for boxes that have one class each; boxes of different classes suppress each other as well."""
    kept = suppress(boxes, scores.max(1, keepdims=True, initial=0), threshold, kind, beta, most)
    return np.where(kept > 0, scores, np.float32(0))


def suppress_moved_apart(
    boxes: Array, scores: Array, threshold: float, most: int | None = None, apart: float = APART
) -> Array:
    """Suppress as WongKinYiu's PyTorch programs do: all boxes at once, with each class shifted away from the others.

    Args:
        boxes: (n, 4) float32: cx, cy, w, h, in pixels of the network's input.
        scores: (n, classes) float32; 0 where a box is not of a class.
        threshold: IoU above which the less probable of two boxes is dropped.
        most: how many boxes are needed; the search stops there.
        apart: shift between consecutive classes in pixels; at 0, boxes of different classes suppress each other.

    Returns:
        The scores of the most probable boxes that are kept, 0 elsewhere.
    """
    kept = np.zeros_like(scores)
    row, column = np.nonzero(scores)
    order = np.argsort(-scores[row, column], kind="stable")
    row, column = row[order], column[order]
    near, far = _corners(boxes[row])
    moved = column.astype(np.float32)[:, None] * np.float32(apart)
    near, far = near + moved, far + moved
    areas = np.prod(far - near, 1)

    def covers(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        a, b = first[:, None], second[None]
        shared = np.prod(np.clip(np.minimum(far[a], far[b]) - np.maximum(near[a], near[b]), 0, None), -1)
        return _divide(shared, areas[a] + areas[b] - shared) > np.float32(threshold)

    left = _survivors(len(row), covers, most)
    kept[row[left], column[left]] = scores[row[left], column[left]]
    return kept


def _corners(boxes: Array) -> tuple[Array, Array]:
    """Return (left, top) and (right, bottom) of boxes (n, 4)."""
    half = boxes[:, 2:] * np.float32(0.5)
    return boxes[:, :2] - half, boxes[:, :2] + half


def _pairs(boxes: Array, limit: np.float32, beta: float | None) -> npt.NDArray[np.bool_]:
    """Return whether each pair of boxes (n, 4) overlaps by more than the limit: (n, n), False on the diagonal."""
    covers = np.empty((len(boxes), len(boxes)), np.bool_)
    for start in range(0, len(boxes), _ROWS):
        rows = boxes[start : start + _ROWS, None]
        covers[start : start + _ROWS] = overlap(rows, boxes[None], beta) > limit
    np.fill_diagonal(covers, False)
    return covers


def _suppress_covered(covers: npt.NDArray[np.bool_], scores: Array) -> None:
    """Set scores (n,) of suppressed boxes to 0 in place; `covers` is the result of `_pairs`."""
    order = _by_probability(scores)
    scores[order[~_alive(covers[np.ix_(order, order)])]] = 0


def _suppress_class(boxes: Array, scores: Array, limit: np.float32, beta: float | None, most: int | None) -> None:
    """Like `_suppress_covered`, without the memory for all pairs of boxes."""
    order = _by_probability(scores)
    ordered = boxes[order]

    def covers(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        return overlap(ordered[first, None], ordered[None, second], beta) > limit

    left = order[_survivors(len(order), covers, most)]
    kept = scores[left]
    scores[:] = 0
    scores[left] = kept


def _by_probability(scores: Array) -> npt.NDArray[np.intp]:
    """Return the positions of scores (n,) above 0, the highest first."""
    order = np.argsort(-scores, kind="stable")
    return order[scores[order] > 0]


def _survivors(count: int, covers: Covers, most: int | None) -> npt.NDArray[np.intp]:
    """Return the positions of the boxes that no more probable box suppresses, at most `most`.

    Boxes are in the order of their probability. They are processed in groups; each group suppresses later boxes.
    """
    found: list[npt.NDArray[np.intp]] = []
    left, wanted = np.arange(count), count if most is None else most
    while len(left) and wanted > 0:
        group, left = left[:_ROWS], left[_ROWS:]
        group = group[_alive(covers(group, group))][:wanted]
        found.append(group)
        wanted -= len(group)
        left = left[~covers(group, left).any(0)]
    return np.concatenate([*found, left[:0]])


def _alive(covers: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which boxes are not suppressed; `covers` (n, n) says for each box whether it suppresses the others."""
    between = np.triu(covers, 1)
    alive = np.ones(len(covers), np.bool_)
    for position in np.flatnonzero(between.any(1)):
        if alive[position]:
            alive &= ~between[position]
    return alive


def overlap(box: Array, others: Array, beta: float | None = None) -> Array:
    """Return the IoU of boxes (..., 4) with others (..., 4); with `beta`, minus the penalty for their distance."""
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
    """Return where boxes begin and end along an axis, 0 for x and 1 for y."""
    half: Array = boxes[..., 2 + axis] * np.float32(0.5)
    centre: Array = boxes[..., axis]
    return centre - half, centre + half


def _divide(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> Array:
    """a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0)
