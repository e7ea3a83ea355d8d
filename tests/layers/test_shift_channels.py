"""[shift_channels]: the layer above plus another."""

from __future__ import annotations

import pytest

from darkcsp.errors import GraphError
from darkcsp.layers.shift_channels import ShiftChannels
from tests.single import PICTURE, close, notices, read_as_theirs, run, section, their_conv

LEARNED = PICTURE + their_conv(4) + section("implicit_add", filters=4) + section("route", layers="-2")
TABLE = PICTURE + their_conv(6) + section("implicit_add_2d", filters=3, atoms=2) + section("route", layers="-2")


def test_learned_numbers_are_added_to_channels() -> None:
    result = run(LEARNED + section("shift_channels", **{"from": 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] + result.blobs(1)["weights"][:, :, None])


def test_all_values_of_a_table_are_one_for_each_channel() -> None:
    result = run(TABLE + section("shift_channels_2d", **{"from": "-2"}), dialect="wongkinyiu")
    assert result.graph.layers[1].output == (2, 3, 1)
    close(result.last, result.outputs[0] + result.blobs(1)["weights"].reshape(1, 6, 1, 1))


def test_any_layer_that_broadcasts_can_be_added() -> None:
    text = PICTURE + their_conv(1) + their_conv(5) + section("shift_channels", **{"from": 0})
    result = run(text, dialect="wongkinyiu")
    close(result.last, result.outputs[1] + result.outputs[0])


def test_it_takes_the_first_of_several() -> None:
    text = LEARNED + section("shift_channels", **{"from": "1,0"})
    graph = read_as_theirs(text)
    assert isinstance(graph.layers[-1], ShiftChannels)
    assert graph.layers[-1].sources == (2, 1)
    assert "from=1,0: WongKinYiu's reader uses only the first layer" in [item.message for item in graph.notices]


def test_shapes_must_fit() -> None:
    text = PICTURE + their_conv(3) + their_conv(4) + section("shift_channels", **{"from": 0})
    with pytest.raises(GraphError, match="the layer it refers to is 3x6x7, the layer above is 4x6x7"):
        read_as_theirs(text)


def test_the_section_alone_says_whose_cfg_it_is() -> None:
    found = notices(LEARNED + section("shift_channels", **{"from": 1}))
    assert found[0].startswith("is a section that only WongKinYiu's PyTorch programs know")
