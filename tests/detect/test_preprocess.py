"""Pictures become the numbers that Darknet makes of them, to the bit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.detect.preprocess import (
    checked_picture,
    classifier_bytes,
    classifier_input,
    detector_bytes,
    detector_input,
    placement,
    with_channels,
)
from darkcsp.detect.resizing import resize_bytes, resize_planes
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.spec.net import RESIZES, Resize
from darkcsp.spec.shape import Shape

Array = npt.NDArray[np.float32]
F = np.float32
SIZES = [(7, 5), (5, 7), (16, 16), (1, 9), (9, 1), (1, 1), (40, 33), (3, 2)]


def _picture(width: int, height: int, channels: int = 3) -> npt.NDArray[np.uint8]:
    rng = np.random.default_rng(width * 100 + height)
    return rng.integers(0, 256, (height, width, channels), np.uint8)


def resize(image: npt.NDArray[np.uint8], width: int, height: int) -> Array:
    """Resize with the channels in their places."""
    return resize_planes(image, width, height)[::-1].transpose(1, 2, 0)


def _resize_slowly(image: npt.NDArray[np.uint8], width: int, height: int) -> Array:
    """The definition, value by value: two passes of float32, the last row without its lower neighbour."""
    rows, columns, channels = image.shape
    source = (image / 255.0).astype(F)
    across, down = F(columns - 1) / F(width - 1), F(rows - 1) / F(height - 1)
    part = np.empty((rows, width, channels), F)
    for x in range(width):
        exact = F(x) * across
        left = int(exact)
        share = F(exact - F(left))
        last = x == width - 1 or columns == 1
        part[:, x] = source[:, -1] if last else F(1 - share) * source[:, left] + share * source[:, left + 1]
    result = np.empty((height, width, channels), F)
    for y in range(height):
        exact = F(y) * down
        above = int(exact)
        share = F(exact - F(above))
        result[y] = F(1 - share) * part[above]
        if y < height - 1 and rows > 1:
            result[y] += share * part[above + 1]
    return result


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize("new", [(4, 6), (13, 9), (16, 16), (64, 50), (41, 34)])
def test_resize(old: tuple[int, int], new: tuple[int, int]) -> None:
    image = _picture(*old)
    want = (image / 255.0).astype(F) if old == new else _resize_slowly(image, *new)
    np.testing.assert_array_equal(resize(image, *new), want)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("old", "new"), [((1280, 720), (416, 416)), ((90, 900), (33, 35)), ((60, 40), (300, 700))])
def test_resize_in_several_blocks(old: tuple[int, int], new: tuple[int, int], channels: int) -> None:
    image = _picture(*old, channels)
    want = _resize_slowly(image, *new)
    np.testing.assert_array_equal(resize(image, *new), want)
    np.testing.assert_array_equal(resize(image[::-1, ::-1], *new), _resize_slowly(image[::-1, ::-1], *new))


def test_resized_pictures_belong_to_the_caller() -> None:
    image = _picture(40, 33)
    first = resize_planes(image, 20, 10)
    copy = first.copy()
    resize_planes(255 - image, 20, 10)
    np.testing.assert_array_equal(first, copy)
    assert first.flags.c_contiguous and first.flags.writeable


def test_last_row_darkens_where_rounding_falls_short() -> None:
    """A quirk of the definition: (new - 1) * ((old - 1) / (new - 1)) may be a little less than old - 1."""
    white = np.full((64, 8, 3), 255, np.uint8)
    short = [h for h in range(2, 200) if F(h - 1) * (F(63) / F(h - 1)) < 63]
    assert short
    for height in short:
        last = resize(white, 8, height)[-1]
        assert last.max() < 0.01
        np.testing.assert_array_equal(last, _resize_slowly(white, 8, height)[-1])


def test_one_pixel_high_or_wide() -> None:
    image = _picture(5, 4)
    assert resize(image, 1, 3).shape == (3, 1, 3)
    np.testing.assert_array_equal(resize(image, 5, 1)[0], (image[0] / 255.0).astype(F))


def test_detector_input_is_rgb_planes() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[..., 0], image[..., 2] = 51, 255  # blue, red
    planes = detector_input(image, Shape(3, 4, 4))
    assert planes.shape == (3, 4, 4)
    assert planes.dtype == np.float32
    assert planes.flags.c_contiguous
    assert [plane.mean() for plane in planes] == [1, 0, F(0.2)]


@pytest.mark.parametrize("size", [(40, 20), (20, 40), (30, 30), (57, 11)])
def test_letter_box(size: tuple[int, int]) -> None:
    network = Shape(3, 24, 36)
    image = _picture(*size)
    place = placement(*size, network, "letter_box")
    boxed = detector_input(image, network, resize="letter_box").transpose(1, 2, 0)[..., ::-1]
    inside = boxed[place.top : place.top + place.height, place.left : place.left + place.width]
    np.testing.assert_array_equal(inside, resize(image, place.width, place.height))
    outside = np.ones((24, 36), bool)
    outside[place.top : place.top + place.height, place.left : place.left + place.width] = False
    assert (boxed[outside] == 0.5).all()
    width, height = size
    assert place[2:] == ((36, 36 * height // width) if 36 * height < 24 * width else (24 * width // height, 24))


def test_letter_box_places() -> None:
    assert placement(40, 20, Shape(3, 24, 36), "letter_box") == (0, 3, 36, 18)
    assert placement(20, 40, Shape(3, 24, 36), "letter_box") == (12, 0, 12, 24)
    assert placement(20, 40, Shape(3, 24, 36), "stretch") == (0, 0, 36, 24)
    assert placement(10000, 10, Shape(3, 24, 36), "letter_box") == (0, 11, 36, 1)


def test_classifier_takes_the_middle() -> None:
    wide, tall = _picture(20, 10), _picture(10, 20)
    network = Shape(3, 10, 10)
    np.testing.assert_array_equal(classifier_input(wide, network), detector_input(wide[:, 5:15], network))
    np.testing.assert_array_equal(classifier_input(tall, network), detector_input(tall[5:15], network))


def test_classifier_resizes_the_shorter_side() -> None:
    image = _picture(31, 12)
    want = resize(image, 31 * 8 // 12, 8)[:, 6:14][..., ::-1].transpose(2, 0, 1)
    np.testing.assert_array_equal(classifier_input(image, Shape(3, 8, 8)), want)


def test_classifier_repeats_the_edge_where_the_network_is_higher_than_wide() -> None:
    image = _picture(8, 8)
    planes = classifier_input(image, Shape(3, 12, 8))
    whole = detector_input(image, Shape(3, 8, 8))
    np.testing.assert_array_equal(planes[:, 2:10], whole)
    np.testing.assert_array_equal(planes[:, 0], whole[:, 0])
    np.testing.assert_array_equal(planes[:, 11], whole[:, 7])


def test_channels() -> None:
    image = _picture(6, 5)
    grey = with_channels(image, 1)
    assert grey.shape == (5, 6, 1)
    blue, green, red = image[2, 3].tolist()
    assert grey[2, 3, 0] == (77 * red + 150 * green + 29 * blue) // 256
    np.testing.assert_array_equal(with_channels(grey, 3), np.concatenate([grey] * 3, 2))
    assert detector_input(image, Shape(1, 5, 6)).shape == (1, 5, 6)
    with pytest.raises(ModelError, match="the network takes 4 channels; pictures have 3 or 1"):
        detector_input(image, Shape(4, 5, 6))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (None, "not NoneType; cv2.imread returns None"),
        ("x.jpg", "not str$"),
        (np.zeros((4, 4, 3), np.float32), r"not float32 \(4, 4, 3\)"),
        (np.zeros((4, 4, 4), np.uint8), r"not uint8 \(4, 4, 4\)"),
        (np.zeros(4, np.uint8), r"not uint8 \(4,\)"),
        (np.zeros((0, 4, 3), np.uint8), "the picture is empty"),
    ],
)
def test_what_is_no_picture(image: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        checked_picture(image)


def test_grey_pictures_are_pictures() -> None:
    assert checked_picture(np.zeros((4, 5), np.uint8)).shape == (4, 5, 1)


# Bytes


def rounded(planes: Array) -> npt.NDArray[np.uint8]:
    """The definition: planes of floats as bytes, with the channels together in the other order."""
    found: npt.NDArray[np.uint8] = np.rint(planes * 255).astype(np.uint8)[::-1].transpose(1, 2, 0)
    return found


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("old", "new"),
    [(old, new) for old in SIZES for new in [(4, 6), (16, 16), (41, 34), old]]
    + [((1280, 720), (416, 416)), ((60, 40), (300, 700))],
)
def test_bytes_are_the_rounded_floats(old: tuple[int, int], new: tuple[int, int], channels: int) -> None:
    image = _picture(*old, channels)
    found = resize_bytes(image, *new)
    assert (found.shape, found.dtype) == ((new[1], new[0], channels), np.uint8)
    np.testing.assert_array_equal(found, rounded(resize_planes(image, *new)))
    assert not np.shares_memory(found, image) and found.flags.writeable and found.flags.c_contiguous


def test_every_byte_stays_itself() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    np.testing.assert_array_equal(rounded(resize_planes(image, 16, 16)), image)


@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", SIZES)
def test_inputs_of_bytes_are_the_rounded_inputs(size: tuple[int, int], channels: int, resize: Resize) -> None:
    image = _picture(*size)
    for network in (Shape(channels, 12, 20), Shape(channels, 20, 12)):
        want = rounded(detector_input(image, network, resize))
        np.testing.assert_array_equal(detector_bytes(image, network, resize), want)
        np.testing.assert_array_equal(classifier_bytes(image, network), rounded(classifier_input(image, network)))
