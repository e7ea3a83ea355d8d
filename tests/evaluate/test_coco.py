from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from darkcsp.detect.detections import Detections
from darkcsp.evaluate import Truth, average_precision

pytest.importorskip("pycocotools")

Box = tuple[float, float, float, float]
A: Box = (10, 10, 50, 90)
B: Box = (100, 20, 160, 80)


def truth(*boxes: tuple[Box, int]) -> Truth:
    return Truth(
        np.array([box for box, _ in boxes], np.float32).reshape(-1, 4), np.array([c for _, c in boxes], np.int64)
    )


def found(*boxes: tuple[Box, int, float]) -> Detections:
    return Detections(
        np.array([box for box, _, _ in boxes], np.float32).reshape(-1, 4),
        np.array([score for _, _, score in boxes], np.float32),
        np.array([c for _, c, _ in boxes], np.int64),
    )


def shifted(box: Box, iou: float) -> Box:
    """The box moved sideways so far that it overlaps the original by `iou`."""
    shift = (box[2] - box[0]) * (1 - iou) / (1 + iou)
    return (box[0] + shift, box[1], box[2] + shift, box[3])


def maps(expected: Sequence[Truth], results: Sequence[Detections]) -> tuple[float, float]:
    result = average_precision(expected, results)
    return result.map50, result.map50_95


def test_everything_found() -> None:
    assert maps([truth((A, 0), (B, 3))], [found((A, 0, 0.9), (B, 3, 0.4))]) == pytest.approx((1, 1))


def test_nothing_found() -> None:
    assert maps([truth((A, 0))], [Detections.empty()]) == (0, 0)


def test_nothing_to_find_is_not_a_number() -> None:
    result = average_precision([truth()], [found((A, 0, 0.9))])
    assert math.isnan(result.map50) and math.isnan(result.map50_95) and result.by_class == {}


def test_the_wrong_class_does_not_count() -> None:
    result = average_precision([truth((A, 0), (B, 3))], [found((A, 1, 0.9), (B, 3, 0.9))])
    assert dict(result.by_class) == pytest.approx({0: 0, 3: 1})
    assert result.map50 == pytest.approx(0.5)


@pytest.mark.parametrize(("iou", "passed"), [(0.49, 0), (0.52, 1), (0.72, 5), (0.97, 10)])
def test_overlap_decides_how_many_of_ten_limits_hold(iou: float, passed: int) -> None:
    map50, map50_95 = maps([truth((A, 2))], [found((shifted(A, iou), 2, 0.5))])
    assert map50 == pytest.approx(float(passed > 0))
    assert map50_95 == pytest.approx(passed / 10)


def test_a_false_alarm_above_the_hit_halves_precision() -> None:
    assert maps([truth((A, 0))], [found((B, 0, 0.9), (A, 0, 0.5))])[0] == pytest.approx(0.5)


def test_a_false_alarm_below_the_hit_costs_nothing() -> None:
    assert maps([truth((A, 0))], [found((B, 0, 0.1), (A, 0, 0.5))])[0] == pytest.approx(1)


def test_a_second_box_on_the_same_thing_is_a_false_alarm() -> None:
    pictures = [truth((A, 0)), truth((B, 0))]
    # Recall 1/2 at precision 1, recall 1 at 2/3: 51 of 101 points at 1, 50 at 2/3.
    results = [found((A, 0, 0.9), (shifted(A, 0.9), 0, 0.8)), found((B, 0, 0.7))]
    assert maps(pictures, results)[0] == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_pictures_are_kept_apart() -> None:
    assert maps([truth((A, 0)), truth()], [Detections.empty(), found((A, 0, 0.9))])[0] == 0


def test_numbers_of_pictures_must_agree() -> None:
    with pytest.raises(ValueError, match="ground truth for 1 pictures, but detections for 0"):
        average_precision([truth()], [])
