"""[upsample]: repetition, and sums with a negative stride."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError, OptionError
from tests.networks import graph_of
from tests.single import PICTURE, close, only, read_as_theirs, run, section


@pytest.mark.parametrize(("stride", "scale"), [(1, 1), (2, 1), (3, 0.5), (2, -2)])
def test_repetition(stride: int, scale: float) -> None:
    result = run(PICTURE + section("upsample", stride=stride, scale=scale))
    assert result.graph.layers[0].output == (3, 6 * stride, 7 * stride)
    close(result.last, scale * result.given.repeat(stride, 2).repeat(stride, 3))


@pytest.mark.parametrize(("stride", "scale"), [(1, 1), (2, 1), (3, 0.5)])
def test_sums(stride: int, scale: float) -> None:
    result = run(section("net", width=12, height=6, channels=3) + section("upsample", stride=-stride, scale=scale))
    assert result.graph.layers[0].output == (3, 6 // stride, 12 // stride)
    blocks = result.given.astype(np.float64).reshape(2, 3, 6 // stride, stride, 12 // stride, stride)
    close(result.last, scale * blocks.sum((3, 5)))


def test_the_default_is_two() -> None:
    assert only(PICTURE + "[upsample]\n").output == (3, 12, 14)


@pytest.mark.parametrize(
    ("stride", "message"),
    [(0, "stride=0: must not be 0"), (-2, "stride=-2: must divide height and width of the input, 3x6x7")],
)
def test_impossible_options(stride: int, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + section("upsample", stride=stride))


def test_wongkinyius_readers_have_no_default() -> None:
    assert read_as_theirs(PICTURE + section("upsample", stride=3)).layers[0].output == (3, 18, 21)
    for options in ({}, {"stride": 0}, {"stride": -2}):
        with pytest.raises(CfgError, match="stride"):
            read_as_theirs(PICTURE + section("upsample", **options))
