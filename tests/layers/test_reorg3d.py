"""[reorg3d]: pixels to channels, and what Darknet does in reverse."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from tests.layers.test_reorg import net, reorg_cpu
from tests.networks import graph_of
from tests.single import run, section


def test_pixels_become_channels() -> None:
    result = run(net(3) + section("reorg3d", stride=2))
    assert result.graph.layers[0].output == (12, 2, 3)
    for channel in range(12):
        offset, source = divmod(channel, 3)
        row, column = divmod(offset, 2)
        np.testing.assert_array_equal(result.last[:, channel], result.given[:, source, row::2, column::2])


@pytest.mark.parametrize(("channels", "stride", "reverse"), [(8, 2, 0), (16, 2, 1), (32, 2, 1), (5, 1, 1)])
def test_values_are_those_of_the_outputs_sizes(channels: int, stride: int, reverse: int) -> None:
    result = run(net(channels) + section("reorg3d", stride=stride, reverse=reverse))
    c, h, w = result.graph.layers[0].output
    assert c == (channels // stride**2 if reverse else channels * stride**2)
    for given, got in zip(result.given, result.last, strict=True):
        np.testing.assert_array_equal(got.reshape(-1), reorg_cpu(given.reshape(-1), w, h, c, stride, bool(reverse)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (net(8, width=5) + section("reorg3d", stride=2), "stride=2: must divide height and width of the input, 8x4x5"),
        (net(8) + section("reorg3d", stride=2, reverse=1), "stride=2: needs a multiple of 16 channels"),
    ],
)
def test_impossible_options(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(text)
