"""[empty] as no node at all."""

from __future__ import annotations

from darkcsp.layers.empty import Empty
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Empty)
def lower_empty(spec: Empty, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Pass x on."""
    return x
