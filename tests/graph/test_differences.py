"""Which layers compute something else in the other semantics, and how that is said."""

from __future__ import annotations

import logging

import pytest

from darkcsp.graph.differences import FEW, differences, log_differences
from darkcsp.spec.program import SEMANTICS, Semantics
from tests.networks import CLASSIFIER, DETECTOR, POOLING, graph_of
from tests.single import conv, section

NET = section("net", width=32, height=32, channels=4)


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER, "[net]\ninputs=6\n[connected]\noutput=3\n"])
@pytest.mark.parametrize("semantics", SEMANTICS)
def test_most_networks_are_alike(text: str, semantics: Semantics) -> None:
    found = differences(graph_of(text, semantics=semantics))
    assert (found.layers, found.line, found.refusal) == ({}, "", "")


def test_layers_are_grouped_by_type() -> None:
    text = NET + conv(4, activation="relu6") + section("maxpool", stride=1, size=9) + conv(4, activation="relu6")
    found = differences(graph_of(text))
    assert (found.semantics, found.layers, found.indices) == (
        "cpu",
        {"convolutional": [0, 2], "maxpool": [1]},
        [0, 1, 2],
    )
    assert found.line == (
        "x.cfg: layers 0, 2 [convolutional]; layer 1 [maxpool] compute differently on a CPU (--semantics cpu)"
    )


def test_one_layer_and_many() -> None:
    one = NET + conv(4) + section("maxpool", stride=1, size=9)
    assert differences(graph_of(one)).line == "x.cfg: layer 1 [maxpool] computes differently on a CPU (--semantics cpu)"
    many = NET + (FEW + 1) * conv(4, activation="relu6")
    assert differences(graph_of(many, semantics="cpu")).line == (
        f"x.cfg: {FEW + 1} [convolutional] layers from 0 to {FEW} compute differently where the network was trained "
        "(--semantics trained)"
    )


def test_pjreddies_batch_normalisation_counts_where_it_is_used() -> None:
    used = NET + conv(4) + conv(4, batch_normalize=1) + section("l2norm")
    assert differences(graph_of(used)).layers == {"convolutional": [1], "l2norm": [2]}


def test_the_size_counts() -> None:
    assert differences(graph_of(POOLING)).indices == [1, 2]
    assert differences(graph_of(POOLING, size=(24, 32))).indices == []


def test_what_darknet_refuses_on_a_cpu() -> None:
    found = differences(graph_of(NET + conv(4, xnor=1, stride=2) + section("sam", **{"from": -1})))
    assert found.layers == {}
    assert found.line.startswith(
        "x.cfg: Darknet rejects this network on a CPU (--semantics cpu): x.cfg:11: [convolutional] xnor=1: "
    )


def test_it_is_a_note_and_no_notice(caplog: pytest.LogCaptureFixture) -> None:
    graph = graph_of(POOLING)
    assert graph.notices == ()
    with caplog.at_level(logging.INFO, "darkcsp"):
        log_differences(graph)
        log_differences(graph_of(DETECTOR))
    assert [record.getMessage() for record in caplog.records] == [differences(graph).line]
