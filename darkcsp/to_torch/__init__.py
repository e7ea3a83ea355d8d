"""Specs and arrays to an nn.Module. The only room that imports torch."""

from darkcsp.to_torch import layers  # noqa: F401  # registers how each layer is built
from darkcsp.to_torch.loading import load
from darkcsp.to_torch.network import LayerOutputs, Network

__all__ = ["LayerOutputs", "Network", "load"]
