"""[scale_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.scale_channels import ScaleChannels
from darkcsp.to_onnx.activations import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ScaleChannels)
def lower_scale_channels(spec: ScaleChannels, blobs: Blobs, emit: Emitter, factors: str, x: str) -> str:
    """Write a Mul that broadcasts."""
    return activate(emit, spec.activation, emit.node("Mul", x, factors))
