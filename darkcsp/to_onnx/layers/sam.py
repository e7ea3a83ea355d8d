"""[sam] as nodes."""

from __future__ import annotations

from darkcsp.layers.sam import Sam
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Sam)
def lower_sam(spec: Sam, blobs: Blobs, emit: Emitter, attention: str, x: str) -> Lowered:
    """Write a Mul."""
    y = write_broadcast(emit, "Mul", attention, spec.inputs[0], x, spec.inputs[1])
    return Lowered(activate(emit, spec.activation, y))
