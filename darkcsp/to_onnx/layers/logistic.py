"""[logistic] as a node."""

from __future__ import annotations

from darkcsp.layers.logistic import Logistic
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Logistic)
def lower_logistic(spec: Logistic, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Sigmoid."""
    return Lowered(emit.node("Sigmoid", x))
