"""Pictures and boxes as WongKinYiu's programs prepare them and map them back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.arrays import Array
from darkcsp.detect import Detector
from darkcsp.detect.letterbox import letterbox, letterbox_bytes, map_back, stand_inside
from darkcsp.detect.preprocess import detector_input
from darkcsp.errors import ArgumentError
from darkcsp.modelfile.metadata import HeadInfo
from darkcsp.spec.shape import Shape
from tests.detect.stub import detector_stub
from tests.reference_wongkinyiu import PICTURES

DATA = np.load(PICTURES, allow_pickle=False)
ROWS: list[dict[str, Any]] = json.loads(str(DATA["table"]))
FITTED = [row for row in ROWS if row["scaleup"] or row["ratio"] < 1]
"""Those that a network's input of that size gives: the others leave small pictures as they are, as in test.py."""


def _network(row: dict[str, Any]) -> Shape:
    return Shape(3, *row["out_hw"])


def test_there_are_cases() -> None:
    assert (len(ROWS), len(FITTED)) == (60, 50)


@pytest.mark.parametrize("row", FITTED, ids=lambda row: f"{row['image_hw']}-{row['out_hw']}")
def test_places(row: dict[str, Any]) -> None:
    height, width = row["image_hw"]
    left, top, inner_width, inner_height = stand_inside(width, height, _network(row))
    assert (left, top, [inner_height, inner_width]) == (row["left"], row["top"], row["inner_hw"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['image_hw']}-{row['out_hw']}")
def test_boxes_are_mapped_back(row: dict[str, Any]) -> None:
    height, width = row["image_hw"]
    boxes: Array = np.array(row["scale_coords_of"], np.float32)
    np.testing.assert_allclose(map_back(boxes, width, height, _network(row)), row["scale_coords"], rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_pictures(number: int) -> None:
    """To a grey level, as OpenCV's interpolation may round otherwise on another processor."""
    picture, want = DATA[f"in{number}"], DATA[f"out{number}"]
    network = Shape(3, *want.shape[:2])
    found = letterbox_bytes(picture, network)
    assert np.abs(found.astype(int) - want).max() <= 1
    means = letterbox(picture, network).mean((1, 2))
    np.testing.assert_allclose(means, DATA[f"tensor_mean{number}"], atol=1e-3)
    np.testing.assert_array_equal(detector_input(picture, network, "wongkinyiu"), letterbox(picture, network))


@given(width=st.integers(1, 900), height=st.integers(1, 900), w=st.integers(1, 40), h=st.integers(1, 40))
def test_a_picture_never_stands_out_of_the_field(width: int, height: int, w: int, h: int) -> None:
    left, top, inner_width, inner_height = stand_inside(width, height, Shape(3, 32 * h, 32 * w))
    assert min(left, top) >= 0 and min(inner_width, inner_height) >= 1
    assert left + inner_width <= 32 * w and top + inner_height <= 32 * h


HEAD = HeadInfo("yolo", 2, "wongkinyiu", 0.0, compares_objectness=True, limits=(0.4, 0.5))
WIDE = np.zeros((50, 100, 3), np.uint8)


def test_a_detector_prepares_and_maps_back() -> None:
    rows = [[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.1], [0.5, 0.1, 0.2, 0.4, 0.9, 0.1, 0.7]]
    detector = Detector(detector_stub(rows, HEAD, resize="wongkinyiu"))
    assert (detector.threshold, detector.nms, detector.resize) == (0.4, 0.5, "wongkinyiu")
    found = detector(WIDE)
    np.testing.assert_allclose(found.xyxy, [[40, 20, 60, 30], [40, 0, 60, 5]], atol=1e-4)
    np.testing.assert_array_equal(found.class_id, [0, 1])


def test_resize_replaces_what_the_model_says() -> None:
    rows = [[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.1]]
    stretched = Detector(detector_stub(rows, HEAD, resize="wongkinyiu"), resize="stretch")(WIDE)
    np.testing.assert_allclose(stretched.xyxy, [[40, 22.5, 60, 27.5]], atol=1e-4)
    with pytest.raises(ArgumentError, match="resize='crop': expected one of stretch, letter_box, wongkinyiu"):
        Detector(detector_stub(rows, HEAD), resize="crop")  # type: ignore[arg-type]


def test_one_box_may_have_several_classes() -> None:
    detector = Detector(detector_stub([[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.7]], HEAD), threshold=0.5)
    np.testing.assert_allclose(detector(WIDE).confidence, [0.8, 0.7])


def test_nms_of_0_keeps_all() -> None:
    rows = [[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.1]] * 3
    assert len(Detector(detector_stub(rows, HEAD))(WIDE)) == 1
    assert len(Detector(detector_stub(rows, HEAD), nms=0)(WIDE)) == 3
