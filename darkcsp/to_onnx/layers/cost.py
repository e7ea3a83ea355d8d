"""[cost] as a change of shape."""

from __future__ import annotations

from darkcsp.layers.cost import Cost
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Cost)
def lower_cost(spec: Cost, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Pass x on as a vector."""
    return Lowered(x if spec.input == spec.output else emit.reshape(x, 0, *spec.output))
