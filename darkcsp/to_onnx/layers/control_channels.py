"""[control_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.control_channels import ControlChannels
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import as_guide, write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ControlChannels)
def lower_control_channels(spec: ControlChannels, blobs: Blobs, emit: Emitter, x: str, other: str) -> Lowered:
    """Write a Mul."""
    return Lowered(write_broadcast(emit, "Mul", x, spec.input, as_guide(emit, spec, other), spec.guide))
