"""What the paper says about its figures 7 and 8 holds for darkcsp's networks."""

from __future__ import annotations

from darkcsp.paper import counting
from darkcsp.paper.figures import claims
from darkcsp.paper.reproduce import graph_of
from darkcsp.zoo.catalogue import find


def test_figure_7_and_8() -> None:
    for claim in claims():
        decimals = 0 if claim.unit == "%" else 1
        assert round(claim.computed, decimals) == claim.printed, claim


def test_no_layer_of_efm_is_above_the_bottleneck_of_its_backbone() -> None:
    graph = graph_of(find("csppeleenet-efm-sam"))
    limit = 2 * 192 * 192 * 52 * 52
    assert counting.largest(graph).flops == limit
    assert sum(spec.flops == limit for spec in graph.layers) >= 3
