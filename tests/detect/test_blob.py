"""Pictures prepared as scripts around `cv2.dnn` do it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from darkcsp.detect import Detector
from darkcsp.detect.blob import blob, blob_bytes
from darkcsp.detect.preprocess import detector_bytes, detector_input, placement
from darkcsp.errors import ArgumentError
from darkcsp.spec.net import RESIZE_NAMES, RESIZES
from darkcsp.spec.shape import Shape
from tests.detect.stub import detector_stub

SIZES = [(40, 33), (20, 12), (1, 9), (1280, 720), (7, 5)]
NETWORK = Shape(3, 12, 20)


def _picture(width: int, height: int, channels: int = 3) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(width).integers(0, 256, (height, width, channels), np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_the_input_is_what_blob_from_image_gives(size: tuple[int, int]) -> None:
    image = _picture(*size)
    want = cv2.dnn.blobFromImage(image, 1 / 255, (20, 12), swapRB=True, crop=False)
    found = detector_input(image, NETWORK, "opencv")
    np.testing.assert_array_equal(found, want[0])
    assert (found.dtype, found.shape) == (np.float32, (3, 12, 20))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", SIZES)
def test_bytes_are_the_resized_picture(size: tuple[int, int], channels: int) -> None:
    image, network = _picture(*size, channels), Shape(channels, 12, 20)
    found = blob_bytes(image, network)
    np.testing.assert_array_equal(found, cv2.resize(image, (20, 12)).reshape(12, 20, channels))
    np.testing.assert_array_equal(found, detector_bytes(image, network, "opencv"))
    np.testing.assert_array_equal(np.rint(blob(image, network) * 255), found[..., ::-1].transpose(2, 0, 1))
    assert not np.shares_memory(found, image)


def test_boxes_go_back_as_from_a_stretched_picture() -> None:
    assert placement(40, 33, NETWORK, "opencv") == (0, 0, 20, 12)
    detector = Detector(detector_stub([[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.1]]), resize="opencv")
    np.testing.assert_allclose(detector(np.zeros((50, 100, 3), np.uint8)).xyxy, [[40, 22.5, 60, 27.5]], atol=1e-4)


def test_darkcsp_is_the_other_choice() -> None:
    assert RESIZE_NAMES["darkcsp"] == "stretch" and set(RESIZE_NAMES) == {*RESIZES, "darkcsp"}
    stub = detector_stub([], resize="letter_box")
    assert Detector(stub).resize == "letter_box"
    assert Detector(stub, resize="darkcsp").resize == "stretch"
    with pytest.raises(ArgumentError, match="expected one of stretch, letter_box, wongkinyiu, opencv, darkcsp"):
        Detector(stub, resize="cv2")  # type: ignore[arg-type]
