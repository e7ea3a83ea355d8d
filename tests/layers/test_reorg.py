"""[reorg]: reorg_cpu in both directions; flatten and extra of pjreddie's program."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError, OptionError
from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, Numbers, graph_as, notices, read_as_theirs, run, section, their_conv


def reorg_cpu(values: Numbers, w: int, h: int, c: int, stride: int, forward: bool) -> Numbers:
    """Index by index as src/blas.c has it: w, h, c are those of the side with the small, deep picture."""
    result = np.full_like(values, np.nan)
    shallow = c // stride**2
    for k in range(c):
        for j in range(h):
            for i in range(w):
                deep = i + w * (j + h * k)
                column, row = i * stride + k // shallow % stride, j * stride + k // shallow // stride
                large = column + w * stride * (row + h * stride * (k % shallow))
                if forward:
                    result[large] = values[deep]
                else:
                    result[deep] = values[large]
    return result


def net(channels: int, height: int = 4, width: int = 6) -> str:
    return section("net", width=width, height=height, channels=channels)


@pytest.mark.parametrize(
    ("stride", "reverse", "shape"),
    [(2, 0, (32, 2, 3)), (2, 1, (2, 8, 12)), (1, 0, (8, 4, 6)), (1, 1, (8, 4, 6))],
)
def test_shape_and_values(stride: int, reverse: int, shape: tuple[int, int, int]) -> None:
    result = run(net(8) + section("reorg", stride=stride, reverse=reverse))
    assert result.graph.layers[0].output == shape
    for given, got in zip(result.given, result.last, strict=True):
        want = reorg_cpu(given.reshape(-1), 6, 4, 8, stride, bool(reverse))
        np.testing.assert_array_equal(got.reshape(-1), want)


def test_reverse_is_no_inverse() -> None:
    result = run(net(16) + section("reorg", stride=2, reverse=1) + section("reorg", stride=2))
    assert not np.array_equal(result.last, result.given)  # each reads its own input as the deep picture
    assert result.last.shape == result.given.shape
    np.testing.assert_array_equal(np.sort(result.last.reshape(2, -1)), np.sort(result.given.reshape(2, -1)))


def test_stride_1_is_the_default_and_changes_nothing() -> None:
    result = run(PICTURE + "[reorg]\n")
    np.testing.assert_array_equal(result.last, result.given)


@pytest.mark.parametrize("reverse", [0, 1])
def test_flatten_transposes_channels_and_pixels(reverse: int) -> None:
    result = run(net(8) + section("reorg", flatten=1, reverse=reverse) + PJREDDIES)
    assert result.graph.layers[0].output == (8, 4, 6)
    matrix = result.given.reshape(2, 24, 8) if reverse else result.given.reshape(2, 8, 24)
    np.testing.assert_array_equal(result.outputs[0].reshape(2, -1), matrix.transpose(0, 2, 1).reshape(2, -1))


def test_flatten_takes_the_shape_of_its_stride() -> None:
    assert graph_of(net(8) + section("reorg", flatten=1, stride=2) + PJREDDIES).layers[0].output == (32, 2, 3)


def test_extra_puts_zeros_behind_a_vector() -> None:
    result = run(net(8) + PJREDDIES + section("reorg", extra=3))
    assert result.graph.layers[1].output == (8 * 24 + 3, 1, 1)
    np.testing.assert_array_equal(result.last[:, :-3, 0, 0], result.outputs[0].reshape(2, -1))
    assert not result.last[:, -3:].any()


def test_alexeyabs_program_knows_neither() -> None:
    messages = notices(net(8) + section("reorg", flatten=1, extra=3))
    assert [message for message in messages if "has no option" in message] == [
        "flatten=1: [reorg] has no option flatten; Darknet ignores it",
        "extra=3: [reorg] has no option extra; Darknet ignores it",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (net(8, height=5) + section("reorg", stride=2), "stride=2: must divide height and width of the input, 8x5x6"),
        (net(6) + section("reorg", stride=2), "stride=2: needs a multiple of 4 channels; the input has 6"),
        (net(6) + section("reorg", stride=2, reverse=1), "needs a multiple of 4 channels"),
        (net(6) + section("reorg", stride=0), "stride=0: must be 1 or more"),
    ],
)
def test_impossible_options(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(text)


def test_flatten_needs_whole_channels() -> None:
    with pytest.raises(OptionError, match="stride=2: needs a multiple of 4 channels; the input has 6"):
        graph_as("pjreddie", net(6) + section("reorg", flatten=1, stride=2, reverse=1))


def test_flatten_and_extra_exclude_each_other() -> None:
    with pytest.raises(OptionError, match="extra=1: with flatten=1, Darknet reads beyond its input"):
        graph_as("pjreddie", net(8) + section("reorg", flatten=1, extra=1))


@pytest.mark.parametrize("name", ["reorg", "dwt"])
def test_wongkinyius_reader_takes_every_other_row_and_column(name: str) -> None:
    result = run(PICTURE.replace("width=7", "width=8") + their_conv(2) + section(name), dialect="wongkinyiu")
    x = result.outputs[0]
    parts = [x[:, :, row::2, column::2] for row, column in ((0, 0), (1, 0), (0, 1), (1, 1))]
    np.testing.assert_array_equal(result.last, np.concatenate(parts, 1))
    assert bool(result.graph.notices) == (name == "dwt")


def test_wongkinyius_reader_needs_even_sides() -> None:
    with pytest.raises(CfgError, match="blocks of 2x2, but height or width of 2x6x7 is odd"):
        read_as_theirs(PICTURE + their_conv(2) + "[reorg]\n")
