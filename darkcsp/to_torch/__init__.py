"""Specs and arrays to an nn.Module. The only room that imports torch."""

from darkcsp.to_torch import decoding, layers  # noqa: F401  # registers how each layer is built and each head decoded
from darkcsp.to_torch.decoded import DecodedNetwork
from darkcsp.to_torch.loading import load
from darkcsp.to_torch.network import LayerOutputs, Network

__all__ = ["DecodedNetwork", "LayerOutputs", "Network", "load"]
