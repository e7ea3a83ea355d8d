"""[route]: concatenation, groups, and how references are written."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError
from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, conv, graph_as, only, read_as_theirs, run, section, their_conv

THREE = PICTURE + conv(4) + conv(6) + conv(8)


@pytest.mark.parametrize(
    ("layers", "wanted"), [("-1", [2]), ("0", [0]), ("-1,-3", [2, 0]), (" 1 , 0,-1", [1, 0, 2]), ("-1,1,", [2, 1, 0])]
)
def test_sources_in_their_order(layers: str, wanted: list[int]) -> None:
    result = run(THREE + section("route", layers=layers))
    spec = result.graph.layers[3]
    assert spec.sources == tuple(wanted)
    assert spec.output == (sum((4, 6, 8)[index] for index in wanted), 6, 7)
    np.testing.assert_array_equal(result.last, np.concatenate([result.outputs[index] for index in wanted], 1))


@pytest.mark.parametrize("group", [0, 1])
def test_one_group_of_each_source(group: int) -> None:
    result = run(THREE + section("route", layers="0,2", groups=2, group_id=group))
    assert result.graph.layers[3].output == (6, 6, 7)
    parts = [np.split(result.outputs[index], 2, 1)[group] for index in (0, 2)]
    np.testing.assert_array_equal(result.last, np.concatenate(parts, 1))


def test_pjreddies_program_knows_no_groups() -> None:
    assert graph_of(THREE + PJREDDIES + section("route", layers=0, groups=2)).layers[-1].output == (4, 6, 7)


def test_it_counts_nothing() -> None:
    spec = only(THREE + section("route", layers="0,1"))
    assert (spec.flops, spec.blobs) == (0, ())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": "0,1", "groups": 4}, "groups=4: must divide the 6 channels of layer 1"),
        ({"layers": 0, "groups": 2, "group_id": 2}, "group_id=2: must be below groups=2"),
        ({"layers": 0, "groups": 0}, "groups=0: must be 1 or more"),
        ({"layers": 3}, "layers=3: there is no such layer above layer 3; expected 0 to 2, or -3 to -1"),
        ({}, "layers: is missing; expected layer numbers"),
    ],
)
def test_impossible_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_as("AlexeyAB", THREE + section("route", **options))


def test_sizes_must_be_equal() -> None:
    with pytest.raises(CfgError, match="layer 0 is 4x6x7, layer 1 is 2x3x4; height and width must be equal"):
        graph_of(PICTURE + conv(4) + conv(2, stride=2) + section("route", layers="0,1"))


def test_wongkinyius_readers_take_all_channels_and_halves() -> None:
    given = PICTURE + their_conv(4) + their_conv(5)
    whole = run(given + section("route", layers="-1,-2", groups=2), dialect="wongkinyiu")
    np.testing.assert_array_equal(whole.last, np.concatenate([whole.outputs[1], whole.outputs[0]], 1))
    assert "groups=2: WongKinYiu's reader ignores it and uses all channels" in whole.graph.notices[0].message
    halves = run(given + section("route_lhalf", layers="-1,-2"), dialect="wongkinyiu")
    np.testing.assert_array_equal(halves.last, np.concatenate([halves.outputs[1][:, :2], halves.outputs[0][:, :2]], 1))
    assert halves.graph.layers[2].output == (4, 6, 7)


@pytest.mark.parametrize(
    ("name", "layers", "works"),
    [("route2", "-1,-2", True), ("route3", "-1,-2,-3", True), ("route2", "-1", False), ("route3", "-1,-2", False)],
)
def test_route2_and_route3_take_so_many(name: str, layers: str, works: bool) -> None:
    text = PICTURE + their_conv(4) + their_conv(4) + their_conv(4) + section(name, layers=layers)
    if works:
        assert read_as_theirs(text).layers[-1].sources == tuple(3 + int(item) for item in layers.split(","))
    else:
        with pytest.raises(CfgError, match=f"takes {name[-1]} layers"):
            read_as_theirs(text)


def test_their_reader_miscounts_an_absolute_0() -> None:
    text = PICTURE + their_conv(4) + their_conv(4) + section("route", layers=0)
    with pytest.raises(CfgError, match="counts the input's 3 channels for layer 0, which has 4; write -2"):
        read_as_theirs(text)
    text = PICTURE + their_conv(3) + their_conv(4) + section("route", layers=0)
    assert read_as_theirs(text).layers[2].sources == (0,)
