"""[empty] as no node at all."""

from __future__ import annotations

from darkcsp.layers.empty import Empty
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Empty)
def lower_empty(spec: Empty, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Pass x on."""
    return Lowered(x)
