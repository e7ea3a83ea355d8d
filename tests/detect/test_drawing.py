"""Boxes on pictures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from darkcsp.detect import Detections
from darkcsp.detect.drawing import colour_of, label_of
from darkcsp.errors import ArgumentError


def _found(*boxes: Sequence[float], names: tuple[str, ...] = ()) -> Detections:
    count = len(boxes)
    confidence = np.linspace(0.9, 0.5, count, dtype=np.float32)
    return Detections(np.array(boxes, np.float32), confidence, np.arange(count), names)


def test_boxes_lie_where_they_should() -> None:
    image = np.full((200, 300, 3), 90, np.uint8)
    drawn = _found([50, 80, 250, 180]).draw(image)
    colour = np.array(colour_of(0))
    assert (image == 90).all()
    for y, x in [(80, 150), (180, 150), (130, 50), (130, 250)]:
        np.testing.assert_allclose(drawn[y, x], colour, atol=3)
    assert (drawn[130, 150] == 90).all()
    assert (drawn[:40] == 90).all()
    assert (drawn[62:80, 50:90] != 90).any()  # the label, above the box


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 3), (40, 30), (40, 30, 1), (480, 640, 3)])
def test_pictures_and_boxes_of_any_size(shape: tuple[int, ...]) -> None:
    boxes = ((-1e9, -5, 1e9, 5), (0, 0, 0, 0), (10, 10, 5, 5), (np.nan, 0, np.inf, 3), (900, 900, 990, 990))
    drawn = _found(*boxes, names=("käse", "", "a" * 200, "\n", "犬")).draw(np.zeros(shape, np.uint8))
    assert drawn.shape == (*shape[:2], 3)
    assert drawn.dtype == np.uint8


def test_nothing_found_changes_nothing() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    drawn = Detections.empty().draw(image)
    np.testing.assert_array_equal(drawn, image)
    assert drawn is not image


def test_lines_grow_with_the_picture() -> None:
    def thickness(size: int) -> int:
        box = [0.25 * size, 0.25 * size, 0.75 * size, 0.75 * size]
        drawn = _found(box).draw(np.zeros((size, size, 3), np.uint8))
        return int((drawn[size // 2, : size // 2].max(1) > 128).sum())

    assert 1 <= thickness(200) <= 3 < thickness(2000) <= 12


def test_labels_of_boxes_in_one_place_do_not_cover_each_other() -> None:
    box = [50.0, 100.0, 350.0, 300.0]
    drawn = _found(box, box, box).draw(np.zeros((400, 400, 3), np.uint8)).astype(int)
    areas = [(np.abs(drawn - colour_of(number)).max(2) < 4).sum() for number in range(3)]
    assert min(areas) > 150  # the two lower boxes lie below the first one's lines, their labels do not


def test_neighbouring_classes_have_different_colours() -> None:
    colours = [np.array(colour_of(number)) for number in range(80)]
    assert min(np.abs(a - b).max() for a, b in itertools.pairwise(colours)) > 100
    assert colour_of(3) == colour_of(3)


def test_what_is_no_picture() -> None:
    with pytest.raises(ArgumentError, match="expected a picture"):
        Detections.empty().draw(None)  # type: ignore[arg-type]


def test_a_label_tells_class_and_confidence_apart() -> None:
    assert label_of("9", 0.9999) == "9: 100%"
    assert label_of("dog", 0.934) == "dog: 93%"
    assert label_of("\x1b[2J" + "a" * 1000, 0.5).endswith("aaa: 50%") and len(label_of("a" * 1000, 0.5)) < 120


@pytest.mark.parametrize("name", ["a" * 200, "verkehrsschild, achtung, wildwechsel", "9"])
def test_the_confidence_of_a_long_name_is_within_the_picture(name: str) -> None:
    def drawn(confidence: float) -> Any:
        box = np.array([[100, 30, 130, 60]], np.float32)
        return Detections(box, np.array([confidence], np.float32), np.zeros(1, np.int64), (name,)).draw(
            np.zeros((80, 160, 3), np.uint8)
        )

    assert (drawn(0.31) != drawn(0.98)).any()


def test_the_most_certain_label_lies_on_top_where_there_is_no_place_for_both() -> None:
    box = [2.0, 2.0, 60.0, 12.0]
    drawn = _found(box, box, names=("first", "second")).draw(np.zeros((14, 70, 3), np.uint8)).astype(int)
    first, second = ((np.abs(drawn - colour_of(number)).max(2) < 4).sum() for number in range(2))
    assert first > 2 * second
