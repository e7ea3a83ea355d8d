from __future__ import annotations

import pytest

from darkcsp.graph import Graph, build_graph
from darkcsp.zoo.blocks import Block, dense_layer, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, channel_slice, csp_stage


def stage_graph(block: Block, channels: int = 32) -> tuple[Graph, Feature]:
    net = Composer({"width": 16, "height": 16, "channels": 3})
    feature = block(net, net.conv(channels, 3))
    return build_graph(net.cfg()), feature


def convolutions(graph: Graph) -> list[tuple[int, int, int]]:
    """(channels in, filters, size) of all convolutions behind the first."""
    return [
        (spec.input.c, spec.output.c, spec.size)  # type: ignore[attr-defined]
        for spec in graph.layers[1:]
        if spec.type == "convolutional"
    ]


DENSE = repeat(dense_layer(growth=8), 2)


@pytest.mark.parametrize(
    ("fusion", "wanted"),
    [
        ("both", [(16, 8, 3), (24, 8, 3), (32, 32, 1), (48, 48, 1)]),
        ("first", [(16, 8, 3), (24, 8, 3), (48, 48, 1)]),
        ("last", [(16, 8, 3), (24, 8, 3), (32, 32, 1)]),
    ],
)
def test_fusions_of_figure_3(fusion: Fusion, wanted: list[tuple[int, int, int]]) -> None:
    graph, feature = stage_graph(csp_stage(DENSE, split=Split(16, 16, sliced=True), fusion=fusion))
    assert convolutions(graph) == wanted
    assert feature.channels == graph.layers[-1].output.c == 48


def test_parts_by_convolutions_are_the_authors_form() -> None:
    graph, _ = stage_graph(csp_stage(DENSE, split=0.5, output=64))
    assert convolutions(graph)[:2] == [(32, 16, 1), (32, 16, 1)]
    assert [spec.type for spec in graph.layers[1:4]] == ["convolutional", "route", "convolutional"]
    concatenation = graph.layers[-2]
    assert concatenation.sources == (concatenation.index - 1, 1)
    assert graph.layers[-1].output.c == 64


@pytest.mark.parametrize("gamma", [0.25, 0.5, 0.75])
def test_gamma_is_the_share_that_bypasses_the_blocks(gamma: float) -> None:
    graph, _ = stage_graph(csp_stage(DENSE, split=gamma))
    bypass, inner = convolutions(graph)[:2]
    assert (bypass[1], inner[1]) == (32 * gamma, 32 * (1 - gamma))
    assert graph.flops > 0


@pytest.mark.parametrize(
    ("channels", "start", "stop"), [(32, 0, 8), (32, 8, 32), (32, 16, 32), (32, 0, 32), (12, 4, 10)]
)
def test_a_slice_takes_the_channels_it_names(channels: int, start: int, stop: int) -> None:
    graph, feature = stage_graph(lambda net, x: channel_slice(net, x, start, stop), channels)
    assert feature.channels == stop - start == graph.layers[-1].output.c
    taken = [0] if len(graph.layers) == 1 else []
    groups = 1
    for spec in graph.layers[1:]:
        if getattr(spec, "groups", 1) > 1:
            groups = spec.groups  # type: ignore[attr-defined]
            taken.append(spec.group_id)  # type: ignore[attr-defined]
    width = channels // groups
    assert [number * width for number in taken] == list(range(start, stop, width))
    if len(taken) > 1:
        assert graph.layers[-1].sources == tuple(range(1, 1 + len(taken)))


@pytest.mark.parametrize("gamma", [0, 1, -0.5, 2])
def test_gamma_outside_its_range(gamma: float) -> None:
    with pytest.raises(ValueError, match=r"must be between 0 and 1"):
        Split.by_share(gamma, 64)


def test_no_part_is_empty_and_parts_suit_groups() -> None:
    assert Split.by_share(0.01, 64) == Split(8, 56)
    assert Split.by_share(0.99, 64) == Split(56, 8)
    assert Split.by_share(0.4, 256, multiple=32) == Split(96, 160)
