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
@pytest.mark.parametrize("seed", range(5))
def test_many_boxes_are_suppressed_alike(seed: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes, scores = _crowd(seed, 400)
    boxes[:, 2:] /= 1 + seed
    assert len(boxes) > 2 * nms._ROWS  # several pieces
    want = suppress(boxes, scores, 0.45, kind, 0.8)
    monkeypatch.setattr(nms, "_AT_ONCE", 10)
    np.testing.assert_array_equal(suppress(boxes, scores, 0.45, kind, 0.8), want)


@pytest.mark.parametrize("at_once", [10, 10_000])
@pytest.mark.parametrize("most", [1, 7, 64, 65, 1000])
def test_the_most_probable_of_a_class_are_enough(most: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes, scores = _crowd(3, 400)
    boxes[:, 2:] /= 8
    every = suppress(boxes, scores, 0.45)
    monkeypatch.setattr(nms, "_AT_ONCE", at_once)
    some = suppress(boxes, scores, 0.45, most=most)
    for column in range(3):
        want = np.sort(every[:, column])[::-1][:most]
        np.testing.assert_array_equal(np.sort(some[:, column])[::-1][:most], want)


def test_the_strongest_scores() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((50, 4), np.float32)
    np.testing.assert_array_equal(nms.strongest(scores, 200), scores)
    kept = nms.strongest(scores, 30)
    assert np.count_nonzero(kept) == 30
    np.testing.assert_array_equal(np.sort(kept[kept > 0]), np.sort(scores.ravel())[-30:])
    same = np.ones((3, 2), np.float32)
    np.testing.assert_array_equal(nms.strongest(same, 3), [[1, 1], [1, 0], [0, 0]])


def test_one_class_each() -> None:
    scores = np.array([[0.3, 0.7, 0], [0.5, 0.5, 0.2], [0, 0, 0]], np.float32)
    np.testing.assert_array_equal(
        nms.one_class_each(scores), np.array([[0, 0.7, 0], [0.5, 0, 0], [0, 0, 0]], np.float32)
    )
    assert nms.one_class_each(scores[:0]).shape == (0, 3)


@pytest.mark.parametrize("kind", ["default", "diounms"])
def test_boxes_of_different_classes_suppress_one_another(kind: str) -> None:
    boxes, scores = _crowd(4)
    scores = nms.one_class_each(scores)
    kept = nms.suppress_agnostic(boxes, scores, 0.45, kind, 0.8)
    want = suppress(boxes, scores.max(1, keepdims=True), 0.45, kind, 0.8)
    np.testing.assert_array_equal(kept.max(1), want[:, 0])
    np.testing.assert_array_equal(kept[kept > 0], scores[kept > 0])
    assert np.count_nonzero(kept) < np.count_nonzero(suppress(boxes, scores, 0.45, kind, 0.8))
    assert nms.suppress_agnostic(boxes[:0], scores[:0], 0.45).shape == (0, 3)


def test_at_no_distance_classes_suppress_each_other() -> None:
    boxes, scores = _crowd(6)
    scores = nms.one_class_each(scores)
    np.testing.assert_array_equal(
        suppress_moved_apart(boxes * 600, scores, 0.45, apart=0), nms.suppress_agnostic(boxes, scores, 0.45)
    )


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


def test_moved_apart_classes_do_not_suppress_each_other_and_as_many_as_are_wanted_are_left() -> None:
    rng = np.random.default_rng(5)
    boxes = np.concatenate([rng.uniform(0, 600, (400, 2)), rng.uniform(2, 4, (400, 2))], 1).astype(np.float32)
    scores = rng.uniform(0.1, 1, (400, 3)).astype(np.float32)
    assert np.count_nonzero(suppress_moved_apart(boxes, scores, 0.5)) > 1000
    kept = suppress_moved_apart(boxes, scores, 0.5, 300)
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
