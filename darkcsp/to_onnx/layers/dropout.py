"""[dropout] as no node at all."""

from __future__ import annotations

from darkcsp.layers.dropout import Dropout
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Dropout)
def lower_dropout(spec: Dropout, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Pass x on."""
    return Lowered(x)
