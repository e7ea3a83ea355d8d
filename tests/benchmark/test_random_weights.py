"""Random weights fit their cfg and keep every activation an ordinary number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import Graph, build_graph
from darkcsp.weightfile import read_weights
from darkcsp.zoo import cfg, list_models
from tests.modules import torch_layers
from tests.networks import CLASSIFIER, DETECTOR, graph_of

SMALLEST_NORMAL = np.finfo(np.float32).tiny


def check_ordinary(graph: Graph, folder: Path) -> None:
    write_random_weights(graph, folder / "x.weights")
    weights = read_weights(folder / "x.weights", graph)
    assert not weights.is_partial
    outputs = torch_layers(graph, weights, np.random.default_rng(0).random((1, *graph.input), np.float32))
    for index, output in outputs.items():
        values = np.abs(output)
        assert values.max() < 1e4, (graph.layers[index].label, values.max())  # far below what 16 bits can hold
        assert not ((values > 0) & (values < SMALLEST_NORMAL)).any(), graph.layers[index].label
    for spec in graph.layers:
        if getattr(spec, "activation", "linear") != "linear":
            assert np.abs(outputs[spec.index]).mean() > 1e-3, spec.label  # nothing has died


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER])
def test_small_networks(text: str, tmp_path: Path) -> None:
    check_ordinary(graph_of(text), tmp_path)


def test_a_deep_network_that_only_shrinks_signals(tmp_path: Path) -> None:
    layer = "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\npad=1\nactivation={}\n"
    layers = "".join(layer.format(name) for name in ("mish", "swish", "leaky", "relu") * 40)
    check_ordinary(graph_of("[net]\nwidth=16\nheight=16\nchannels=3\n" + layers), tmp_path)


def test_a_deep_network_of_shortcuts(tmp_path: Path) -> None:
    first = "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\npad=1\nactivation=mish\n"
    block = first + "[shortcut]\nfrom=-2\nactivation=linear\n"
    check_ordinary(graph_of("[net]\nwidth=16\nheight=16\nchannels=3\n" + first + block * 23), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", list_models())
def test_every_model_of_the_zoo(name: str, tmp_path: Path) -> None:
    check_ordinary(build_graph(cfg(name)), tmp_path)


def test_the_same_graph_gets_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_random_weights(graph_of(DETECTOR), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
