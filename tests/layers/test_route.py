"""[route]: concatenation, groups, and how references are written."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError
from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, conv, graph_as, only, run, section

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
        ({"layers": 3}, "layers=3: there is no such layer above layer 3; 0 to 2, or -3 to -1"),
        ({}, "layers: is missing; expected layer numbers"),
    ],
)
def test_impossible_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_as("AlexeyAB", THREE + section("route", **options))


def test_sizes_must_be_equal() -> None:
    with pytest.raises(CfgError, match="layer 0 is 4x6x7, layer 1 is 2x3x4; height and width must be equal"):
        graph_of(PICTURE + conv(4) + conv(2, stride=2) + section("route", layers="0,1"))
