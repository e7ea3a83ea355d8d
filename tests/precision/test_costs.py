from __future__ import annotations

import numpy as np
import pytest

from darkcsp.detect import Classification
from darkcsp.precision.costs import classifier_cost, detector_cost, output_cost
from tests.precision.boxes import found


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
