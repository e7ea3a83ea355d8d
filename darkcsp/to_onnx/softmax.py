"""[softmax] as nodes."""

from __future__ import annotations

from darkcsp.layers.softmax import Softmax
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Softmax)
def lower_softmax(spec: Softmax, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Write a Softmax over each run of values."""
    x = emit.reshape(x, 0, spec.groups, spec.output.c // spec.groups)
    if spec.temperature != 1:
        x = emit.scalar("Div", x, spec.temperature)
    return emit.reshape(emit.node("Softmax", x, axis=2), 0, *spec.output)
