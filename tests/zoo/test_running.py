"""Every shipped network runs on a random picture in PyTorch and ONNX Runtime; its weights come back byte for byte."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np
import pytest

from darkcsp.graph import Graph, build_graph
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Header, parse_weights
from darkcsp.zoo import cfg, list_models
from tests.modules import network_of, torch_heads
from tests.running import run_model

SMALL = ["csppeleenet", "peleenet-swish-se", "csmobilenet-v2", "resnet10", "cspdensenetb-ref-prn"]


@pytest.mark.parametrize("name", SMALL)
def test_small_networks(name: str, tmp_path: Path) -> None:
    run(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in list_models() if name not in SMALL])
def test_all_networks(name: str, tmp_path: Path) -> None:
    run(name, tmp_path)


def run(name: str, folder: Path) -> None:
    """Build at the cfg's own size, run both, compare, write the weights back."""
    graph = build_graph(cfg(name))
    data = random_weights(graph)
    weights = parse_weights(data, graph)
    network_of(graph, weights).save_weights(folder / "again.weights")
    assert (folder / "again.weights").read_bytes() == data

    batch = np.random.default_rng(1).random((1, *graph.input), np.float32)
    expected = torch_heads(graph, weights, batch)
    outputs = list(run_model(build_onnx(graph, weights, head="raw"), images=batch).values())
    assert len(outputs) == len(expected) == max(len(graph.heads), 1)
    for output, want in zip(outputs, expected, strict=True):
        assert output.shape == want.shape and np.isfinite(output).all()
        assert np.ptp(want) > 0
        assert np.abs(output - want).max() <= 1e-4 * np.abs(want).max()


def random_weights(graph: Graph) -> bytes:
    """A weights file with which values neither grow nor vanish from layer to layer."""
    rng = np.random.default_rng(0)
    parts = []
    for spec in graph.layers:
        for blob in spec.stored:
            if blob.name == "weights":
                spread = (2 / max(prod(blob.shape[1:]), 1)) ** 0.5
                parts.append(rng.standard_normal(blob.size, np.float32) * np.float32(spread))
            elif blob.name in ("scales", "variances"):
                parts.append(rng.random(blob.size, np.float32) * np.float32(0.2) + np.float32(0.9))
            else:
                parts.append(rng.standard_normal(blob.size, np.float32) * np.float32(0.1))
    return Header().to_bytes() + np.concatenate(parts).astype("<f4").tobytes()
