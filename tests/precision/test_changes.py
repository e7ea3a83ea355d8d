from __future__ import annotations

import pytest

from darkcsp.detect import Detections
from darkcsp.precision.changes import Changes, Seen, changes
from tests.precision.boxes import found


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
