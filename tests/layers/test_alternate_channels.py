"""[alternate_channels]: another layer spread over the picture, then the layer above."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import GraphError
from tests.single import PICTURE, close, read_as_theirs, run, section, their_conv


def test_learned_numbers_come_first() -> None:
    text = PICTURE + their_conv(4) + section("implicit_cat", filters=4) + section("route", layers="-2")
    result = run(text + section("alternate_channels", **{"from": 1}), dialect="wongkinyiu")
    assert result.graph.layers[3].output == (8, 6, 7)
    numbers = np.broadcast_to(result.blobs(1)["weights"][:, :, None], (2, 4, 6, 7))
    close(result.last, np.concatenate([numbers, result.outputs[0]], 1))


def test_all_values_of_a_table_are_spread() -> None:
    text = PICTURE + their_conv(6) + section("implicit_cat_2d", filters=3, atoms=2) + section("route", layers="-2")
    result = run(text + section("alternate_channels_2d", **{"from": 1}), dialect="wongkinyiu")
    numbers = np.broadcast_to(result.blobs(1)["weights"].reshape(1, 6, 1, 1), (2, 6, 6, 7))
    close(result.last, np.concatenate([numbers, result.outputs[0]], 1))


def test_one_channel_becomes_as_many_as_above() -> None:
    text = PICTURE + their_conv(1) + their_conv(3) + section("alternate_channels", **{"from": 0})
    result = run(text, dialect="wongkinyiu")
    close(result.last, np.concatenate([np.repeat(result.outputs[0], 3, 1), result.outputs[1]], 1))


def test_a_larger_layer_cannot_be_spread() -> None:
    text = PICTURE + their_conv(3) + their_conv(1) + section("alternate_channels", **{"from": 0})
    with pytest.raises(GraphError, match="is 3x6x7, which cannot be broadcast to the layer above, 1x6x7"):
        read_as_theirs(text)
