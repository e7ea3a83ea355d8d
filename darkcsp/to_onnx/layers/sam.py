"""[sam] as nodes."""

from __future__ import annotations

from darkcsp.layers.sam import Sam
from darkcsp.to_onnx.activations import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Sam)
def lower_sam(spec: Sam, blobs: Blobs, emit: Emitter, attention: str, x: str) -> str:
    """Write a Mul."""
    return activate(emit, spec.activation, emit.node("Mul", attention, x))
