"""Networks in PyTorch. Tests that ask for one are skipped where it is not installed."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from darkcsp.graph import Graph
from darkcsp.weightfile import Weights
from tests.reference import Array

if TYPE_CHECKING:
    from darkcsp.to_torch import Network

HAS_TORCH = importlib.util.find_spec("torch") is not None


def network_of(graph: Graph, weights: Weights | None = None) -> Network:
    """Make a network."""
    pytest.importorskip("torch")
    from darkcsp.to_torch import Network

    return Network(graph, weights)


def torch_layers(graph: Graph, weights: Weights, pictures: Array) -> dict[int, Array]:
    """Return every layer's output."""
    torch = pytest.importorskip("torch")
    with torch.inference_mode():
        outputs = network_of(graph, weights).eval().layer_outputs(torch.from_numpy(pictures))
        return {layer: tensor.numpy() for layer, tensor in outputs.items()}


def torch_heads(graph: Graph, weights: Weights, pictures: Array) -> list[Array]:
    """Return what each head is given."""
    torch = pytest.importorskip("torch")
    with torch.inference_mode():
        return [tensor.numpy() for tensor in network_of(graph, weights).eval()(torch.from_numpy(pictures))]
