"""[crop]: the middle of the picture."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.spec.program import SEMANTICS
from tests.networks import graph_of
from tests.single import PICTURE, close, notices, only, run, section


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns"),
    [(4, 4, slice(1, 5), slice(1, 5)), (3, 7, slice(1, 4), slice(0, 7)), (6, 2, slice(0, 6), slice(2, 4))],
)
def test_the_middle_is_stretched(height: int, width: int, rows: slice, columns: slice) -> None:
    result = run(PICTURE + section("crop", crop_height=height, crop_width=width), semantics="cpu")
    assert result.graph.layers[0].output == (3, height, width)
    close(result.last, 2 * result.given[:, :, rows, columns] - 1)


@pytest.mark.parametrize(("height", "width"), [(6, 7), (4, 7), (6, 5), (4, 4), (3, 7), (3, 3), (1, 1), (5, 6)])
def test_odd_margins_are_halved(height: int, width: int) -> None:
    """Each value is interpolated where the middle of the picture is, pixel by pixel, from up to four neighbours."""
    result = run(PICTURE + section("crop", crop_height=height, crop_width=width, noadjust=1))
    top, left = (6 - height) / 2, (7 - width) / 2
    want = np.empty((2, 3, height, width))
    for row in range(height):
        for column in range(width):
            y, x = row + top, column + left
            near, far = (int(y), int(x)), (min(int(np.ceil(y)), 5), min(int(np.ceil(x)), 6))
            corners = [result.given[:, :, i, j] for i in (near[0], far[0]) for j in (near[1], far[1])]
            want[:, :, row, column] = np.mean(corners, 0)
    close(result.last, want)
    is_even = (6 - height) % 2 == (7 - width) % 2 == 0
    options = {"crop_height": height, "crop_width": width}
    specs = [only(PICTURE + section("crop", **options), semantics) for semantics in SEMANTICS]
    assert (specs[0] == specs[1]) == is_even


def test_noadjust_leaves_the_values() -> None:
    result = run(PICTURE + section("crop", crop_height=2, crop_width=3, noadjust=1))
    np.testing.assert_array_equal(result.last, result.given[:, :, 2:4, 2:5])


def test_augmentation_is_for_training() -> None:
    options = {"crop_height": 2, "crop_width": 2, "flip": 1, "angle": 3, "saturation": 2, "exposure": 2, "shift": 0.1}
    assert notices(PICTURE + section("crop", **options) + section("sam", **{"from": 0})) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crop_height": 7, "crop_width": 2}, "crop_height=7: must be at most 6, as the input is 3x6x7"),
        ({"crop_height": 2, "crop_width": 8}, "crop_width=8: must be at most 7, as the input is 3x6x7"),
        ({"crop_height": 0, "crop_width": 8}, "crop_height=0: must be 1 or more"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + section("crop", **options))
