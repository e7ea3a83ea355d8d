"""[control_channels]: the layer above times another."""

from __future__ import annotations

import pytest

from darkcsp.errors import GraphError
from tests.single import PICTURE, close, read_as_theirs, run, section, their_conv


def test_learned_numbers_are_factors_of_channels() -> None:
    text = PICTURE + their_conv(4) + section("implicit_mul", filters=4) + section("route", layers="-2")
    result = run(text + section("control_channels", **{"from": 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] * result.blobs(1)["weights"][:, :, None])


def test_all_values_of_a_table_are_factors() -> None:
    text = PICTURE + their_conv(6) + section("implicit_mul_2d", filters=3, atoms=2) + section("route", layers="-2")
    result = run(text + section("control_channels_2d", **{"from": 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] * result.blobs(1)["weights"].reshape(1, 6, 1, 1))


def test_the_other_layer_may_be_the_larger_one() -> None:
    text = PICTURE + their_conv(5) + their_conv(1) + section("control_channels", **{"from": 0})
    result = run(text, dialect="wongkinyiu")
    assert result.graph.layers[2].output == (5, 6, 7)
    close(result.last, result.outputs[1] * result.outputs[0])


def test_shapes_must_fit() -> None:
    text = PICTURE + their_conv(4, stride=2) + their_conv(4, stride=1)
    with pytest.raises(GraphError, match="each dimension must be equal or 1"):
        read_as_theirs(text + section("upsample", stride=2) + section("control_channels", **{"from": 0}))
