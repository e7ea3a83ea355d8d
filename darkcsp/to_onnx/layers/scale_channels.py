"""[scale_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.scale_channels import ScaleChannels
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ScaleChannels)
def lower_scale_channels(spec: ScaleChannels, blobs: Blobs, emit: Emitter, factors: str, x: str) -> Lowered:
    """Write a Mul that broadcasts."""
    given, scaled = spec.inputs
    return Lowered(activate(emit, spec.activation, write_broadcast(emit, "Mul", x, scaled, factors, given)))
