"""[rnn]: sizes in both programs, the self activation, the shortcut."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.graph import Graph
from darkcsp.layers.rnn import Rnn
from tests.networks import graph_of, weights_of
from tests.recurrence import PICTURES, VECTORS, assert_backends_agree, pictures_for, run_torch

FORKS = PICTURES + "[convolutional]\nfilters=2\nactivation=linear\n\n[rnn]\noutput=4\nactivation=leaky\n"
"""A picture above it makes it the fork's."""


def rnn_of(graph: Graph) -> Rnn:
    spec = graph.layers[-1]
    assert isinstance(spec, Rnn)
    return spec


def test_the_fork_reads_hidden_and_defaults_to_one() -> None:
    assert rnn_of(graph_of(FORKS)).hidden == 1
    spec = rnn_of(graph_of(FORKS + "hidden=7\n"))
    assert spec.hidden == 7
    assert [blob.shape for blob in spec.blobs if blob.name.endswith("weights")] == [(7, 40), (7, 7), (4, 7)]
    assert spec.output == (4, 1, 1)
    assert [(state.name, state.shape) for state in spec.states] == [("hidden", (7, 1, 1))]
    assert spec.flops == 0


def test_pjreddies_state_is_as_long_as_the_output() -> None:
    graph = graph_of(VECTORS + "[rnn]\noutput=4\nhidden=7\n")
    assert graph.program.author == "pjreddie"
    assert rnn_of(graph).hidden == 4
    assert any("hidden=7: pjreddie's Darknet ignores it" in notice.message for notice in graph.notices)
    quiet = graph_of(VECTORS + "[rnn]\noutput=4\nhidden=4\n")
    assert not any("hidden" in notice.message for notice in quiet.notices)


@pytest.mark.parametrize(("value", "name"), [(0, "leaky"), (1, "logistic"), (2, "loggy"), (3, "leaky")])
def test_logistic_changes_the_self_activation(value: int, name: str) -> None:
    spec = rnn_of(graph_of(FORKS + f"logistic={value}\n"))
    assert (spec.self_activation, spec.activation) == (name, "leaky")


@pytest.mark.parametrize("options", ["", "shortcut=1\n", "batch_normalize=1\n", "hidden=3\nlogistic=2\n"])
def test_backends_agree(options: str) -> None:
    assert_backends_agree(graph_of(FORKS + options))


def test_the_shortcut_adds_the_old_state() -> None:
    plain, short = graph_of(FORKS + "hidden=3\n"), graph_of(FORKS + "hidden=3\nshortcut=1\n")
    weights, pictures = weights_of(plain), pictures_for(plain)
    _, without = run_torch(plain, weights, pictures[:2])
    _, with_it = run_torch(short, weights, pictures[:2])
    name = "L001_rnn.hidden"
    np.testing.assert_array_equal(without[0][name], with_it[0][name])
    np.testing.assert_allclose(with_it[1][name], without[1][name] + without[0][name], rtol=1e-5, atol=1e-6)
