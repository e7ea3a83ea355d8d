"""The documents' ways of counting."""

from __future__ import annotations

from darkcsp.paper import counting
from darkcsp.paper.counting import CARD, CONVENTIONS, COUNTED, TABLES, convention_of
from darkcsp.paper.reproduce import graph_of
from darkcsp.zoo.catalogue import CATALOGUE, find


def test_traffic_counts_what_convolutions_and_poolings_read_and_write() -> None:
    assert counting.traffic(graph_of(find("resnext50"))) == 34_411_496
    assert counting.traffic(graph_of(find("csresnext50"))) == 32_642_024


def test_conventions_differ_where_they_should() -> None:
    graph = graph_of(find("densenet201-plus-elastic"))
    assert counting.weights(graph) < counting.module_parameters(graph) < graph.parameters
    assert counting.flops(graph) < graph.flops
    assert counting.module_parameters(graph) == 19_482_824


def test_every_model_is_counted_in_one_of_the_ways() -> None:
    assert set(COUNTED) <= set(CATALOGUE)
    assert {convention_of(name) for name in CATALOGUE} == set(CONVENTIONS)
    assert convention_of("cspresnet50") is CARD and convention_of("csppeleenet") is TABLES
