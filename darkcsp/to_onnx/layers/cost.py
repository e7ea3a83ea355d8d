"""[cost] as a change of shape."""

from __future__ import annotations

from darkcsp.layers.cost import Cost
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Cost)
def lower_cost(spec: Cost, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Pass x on as a vector."""
    return x if spec.input == spec.output else emit.reshape(x, 0, *spec.output)
