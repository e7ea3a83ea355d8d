from __future__ import annotations

import numpy as np
import pytest

from darkcsp.detect import Classification, Detections
from darkcsp.precision.agreement import Changes, Seen, changes, classifier_cost, detector_cost, iou, match, output_cost


def found(*items: tuple[float, float, float, float, float, int]) -> Detections:
    rows = np.array(items, np.float64).reshape(-1, 6)
    return Detections(rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64))


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


def test_the_cost_is_of_all_pictures() -> None:
    wanted = [found((0, 0, 10, 10, 0.9, 0), (50, 50, 60, 60, 0.4, 0)), found((0, 0, 10, 10, 0.5, 1))]
    other = [found((0, 0, 10, 8, 0.8, 0)), found((0, 0, 10, 10, 0.5, 1), (0, 0, 9, 9, 0.3, 2))]
    cost = detector_cost(wanted, other)
    assert (cost.pictures, cost.wanted, cost.matched, cost.lost, cost.gained) == (2, 3, 2, 1, 1)
    assert (cost.lost_confidence, cost.gained_confidence) == (pytest.approx(0.4), pytest.approx(0.3))
    assert (cost.mean_iou, cost.worst_iou) == (pytest.approx(0.9), pytest.approx(0.8))
    assert (cost.mean_pixels, cost.worst_pixels) == (pytest.approx(1), pytest.approx(2))
    assert (cost.mean_score, cost.worst_score) == (pytest.approx(0.05), pytest.approx(0.1))
    assert "2 of 3 detections in 2 pictures stay, 1 lost (confidence up to 0.40)" in cost.lines()[0]


def seen(kept: Detections, *others: tuple[float, float, float, float, float, int]) -> Seen:
    rows = [
        (*box, score, number)
        for box, score, number in zip(kept.xyxy.tolist(), kept.confidence, kept.class_id, strict=True)
    ]
    return Seen(kept, found(*rows, *others))


BOX = (0, 0, 10, 10)


@pytest.mark.parametrize(
    ("other", "changed"),
    [
        (found((*BOX, 0.6, 1)), 0),
        (found((*BOX, 0.56, 1)), 0),
        (found((0, 0, 10, 9.1, 0.6, 1)), 0),
        (found((*BOX, 0.54, 1)), 2),  # seen from both sides
        (found((0, 0, 10, 8.9, 0.6, 1)), 2),
        (found((*BOX, 0.6, 2)), 2),
        (found((*BOX, 0.6, 1), (20, 20, 30, 30, 0.3, 1)), 1),
        (found((*BOX, 0.6, 1), (20, 20, 30, 30, 0.24, 1)), 0),  # does not count
        (Detections.empty(), 1),
    ],
)
def test_what_changes(other: Detections, changed: int) -> None:
    one = seen(found((*BOX, 0.6, 1)))
    assert changes(one, seen(other), 0.25, 0.9, 0.05) == Changes(changed, 0)


def test_a_detection_at_the_threshold_may_fall_below_it() -> None:
    one, other = seen(found((*BOX, 0.26, 1))), seen(found((*BOX, 0.22, 1)))
    assert changes(one, other, 0.25, 0.9, 0.05) == Changes(0, 0)


def test_suppression_that_keeps_another_box_is_a_tie() -> None:
    near = (0, 0, 10, 7)
    one, other = seen(found((*BOX, 0.6, 1)), (*near, 0.59, 1)), seen(found((*near, 0.6, 1)), (*BOX, 0.58, 1))
    assert changes(one, other, 0.25, 0.9, 0.05) == Changes(0, 2)


def classes(*probabilities: float) -> list[Classification]:
    named = [Classification(number, str(number), value) for number, value in enumerate(probabilities)]
    return sorted(named, key=lambda item: -item.probability)


def test_classes_are_compared_by_the_first_model_s_top() -> None:
    cost = classifier_cost([classes(0.7, 0.3), classes(0.4, 0.6)], [classes(0.6, 0.4), classes(0.7, 0.3)])
    assert (cost.pictures, cost.same_top) == (2, 1)
    assert (cost.mean_probability, cost.worst_probability) == (pytest.approx(0.2), pytest.approx(0.3))


def test_outputs_are_compared_by_their_largest_value() -> None:
    cost = output_cost([[np.array([0, -4.0], np.float32)]], [[np.array([0, -3.0], np.float32)]])
    assert (cost.mean, cost.worst) == (0.125, 0.25)
