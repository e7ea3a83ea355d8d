"""Suppression, against a definition that goes pair by pair."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.detect import nms
from darkcsp.detect.nms import overlap, suppress, suppress_moved_apart

Array = npt.NDArray[np.float32]


def _overlap(a: Array, b: Array, beta: float | None) -> float:
    ax, ay, aw, ah = map(float, a)
    bx, by, bw, bh = map(float, b)
    width = min(ax + aw / 2, bx + bw / 2) - max(ax - aw / 2, bx - bw / 2)
    height = min(ay + ah / 2, by + bh / 2) - max(ay - ah / 2, by - bh / 2)
    shared = width * height if width >= 0 and height >= 0 else 0
    union = aw * ah + bw * bh - shared
    iou = shared / union if union else 0
    if beta is None:
        return iou
    across = max(ax + aw / 2, bx + bw / 2) - min(ax - aw / 2, bx - bw / 2)
    down = max(ay + ah / 2, by + bh / 2) - min(ay - ah / 2, by - bh / 2)
    around = across**2 + down**2
    return iou - (((ax - bx) ** 2 + (ay - by) ** 2) / around) ** beta if around else iou


def _suppress(boxes: Array, scores: Array, threshold: float, beta: float | None) -> Array:
    kept = scores.copy()
    for k in range(scores.shape[1]):
        order = sorted(range(len(boxes)), key=lambda i: -scores[i, k])
        for position, i in enumerate(order):
            for j in order[position + 1 :]:
                if kept[i, k] and _overlap(boxes[i], boxes[j], beta) > threshold:
                    kept[j, k] = 0
    return kept


def _crowd(seed: int, count: int = 60) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    boxes = np.concatenate([0.4 + 0.2 * rng.random((count, 2)), 0.1 + 0.3 * rng.random((count, 2))], 1)
    scores = rng.random((count, 3)) * (rng.random((count, 3)) > 0.3)
    return boxes.astype(np.float32), scores.astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "beta", "meant"),
    [
        ("default", 0.9, None),
        ("cornersnms", 0.9, None),
        ("diounms", 0.6, 0.6),
        ("diounms", 0.9, 0.9),
        ("greedynms", 0.9, 0.6),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_kinds(seed: int, kind: str, beta: float, meant: float | None) -> None:
    boxes, scores = _crowd(seed)
    found = suppress(boxes, scores, 0.45, kind, beta)
    np.testing.assert_array_equal(found, _suppress(boxes, scores, 0.45, meant))
    assert 0 < np.count_nonzero(found) < np.count_nonzero(scores)


@pytest.mark.parametrize("kind", ["default", "greedynms", "diounms"])
def test_many_boxes_are_suppressed_alike(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes, scores = _crowd(5, 150)
    assert len(boxes) > 2 * nms._ROWS  # several pieces
    want = suppress(boxes, scores, 0.45, kind, 0.8)
    monkeypatch.setattr(nms, "_AT_ONCE", 10)
    np.testing.assert_array_equal(suppress(boxes, scores, 0.45, kind, 0.8), want)


def test_kinds_differ() -> None:
    boxes, scores = _crowd(9)
    counts = [
        np.count_nonzero(suppress(boxes, scores, 0.45, kind, 0.8)) for kind in ("default", "greedynms", "diounms")
    ]
    assert len(set(counts)) == 3


def test_threshold_of_zero_suppresses_nothing() -> None:
    boxes, scores = _crowd(0)
    np.testing.assert_array_equal(suppress(boxes, scores, 0), scores)


def test_scores_given_are_left_alone_and_nothing_is_something() -> None:
    boxes, scores = _crowd(1)
    before = scores.copy()
    suppress(boxes, scores, 0.45)
    np.testing.assert_array_equal(scores, before)
    assert suppress(boxes[:0], scores[:0], 0.45).shape == (0, 3)


def test_boxes_without_area_overlap_nothing() -> None:
    flat = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0], [0.5, 0.5, 0.2, 0.2]], np.float32)
    np.testing.assert_array_equal(overlap(flat[0], flat), [0, 0, 0])
    np.testing.assert_array_equal(overlap(flat[0], flat[:2], 0.6), [0, 0])
    np.testing.assert_allclose(overlap(flat[2], flat[2:]), [1], rtol=1e-5)


def test_moved_apart_classes_do_not_suppress_each_other_and_300_boxes_are_left() -> None:
    rng = np.random.default_rng(5)
    boxes = np.concatenate([rng.uniform(0, 600, (400, 2)), rng.uniform(2, 4, (400, 2))], 1).astype(np.float32)
    scores = rng.uniform(0.1, 1, (400, 3)).astype(np.float32)
    kept = suppress_moved_apart(boxes, scores, 0.5)
    assert np.count_nonzero(kept) == 300
    assert kept[kept > 0].min() >= np.sort(scores.ravel())[-310]


@given(st.integers(0, 10_000))
def test_few_boxes_moved_apart_are_suppressed_class_by_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = np.concatenate([rng.uniform(0, 60, (30, 2)), rng.uniform(5, 40, (30, 2))], 1).astype(np.float32)
    scores = np.where(rng.random((30, 3)) < 0.5, rng.uniform(0.1, 1, (30, 3)), 0).astype(np.float32)
    np.testing.assert_array_equal(suppress_moved_apart(boxes, scores, 0.5), suppress(boxes, scores, 0.5))


def test_nothing_moved_apart_is_nothing() -> None:
    empty = np.zeros((0, 4), np.float32)
    assert suppress_moved_apart(empty, np.zeros((0, 2), np.float32), 0.5).shape == (0, 2)
