from __future__ import annotations

import numpy as np
import pytest

from darkcsp.detect import Detections
from darkcsp.precision.matching import iou, match
from tests.precision.boxes import found


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [3, 3, 3, 3]], np.float32)
    overlaps = iou(boxes[:1], boxes)
    np.testing.assert_allclose(overlaps, [[1, 50 / 150, 0, 0]])
    assert iou(boxes[3:], boxes[3:]).item() == 0


def test_the_same_class_that_overlaps_most_is_the_counterpart() -> None:
    wanted = found((0, 0, 10, 10, 0.9, 1))
    matching = match(wanted, found((0, 0, 10, 10, 0.8, 2), (0, 0, 10, 8, 0.7, 1), (0, 0, 10, 9, 0.6, 1)))
    (pair,) = matching.pairs
    assert (pair.class_id, pair.iou, pair.pixels) == (1, pytest.approx(0.9), pytest.approx(1))
    assert pair.score == pytest.approx(-0.3)
    assert matching.lost == ()
    assert matching.gained == pytest.approx((0.8, 0.7))


def test_a_detection_is_nobody_s_counterpart_twice() -> None:
    wanted = found((0, 0, 10, 10, 0.5, 0), (0, 0, 10, 9, 0.9, 0))
    matching = match(wanted, found((0, 0, 10, 10, 0.8, 0)))
    assert [pair.iou for pair in matching.pairs] == [pytest.approx(0.9)]  # of the more certain one
    assert matching.lost == pytest.approx((0.5,))


@pytest.mark.parametrize(("right", "pairs"), [(10.0, 1), (5.0, 1), (4.9, 0)])
def test_half_an_overlap_makes_a_pair(right: float, pairs: int) -> None:
    assert len(match(found((0, 0, 10, 10, 0.9, 0)), found((0, 0, right, 10, 0.9, 0))).pairs) == pairs


def test_nothing_matches_nothing() -> None:
    empty = Detections.empty()
    assert match(empty, empty).pairs == ()
    assert match(empty, found((0, 0, 1, 1, 0.5, 0))).gained == (0.5,)
    assert match(found((0, 0, 1, 1, 0.5, 0)), empty).lost == (0.5,)
