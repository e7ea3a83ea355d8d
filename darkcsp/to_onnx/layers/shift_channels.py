"""[shift_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.shift_channels import ShiftChannels
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import as_guide, write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ShiftChannels)
def lower_shift_channels(spec: ShiftChannels, blobs: Blobs, emit: Emitter, x: str, other: str) -> Lowered:
    """Write an Add."""
    return Lowered(write_broadcast(emit, "Add", x, spec.input, as_guide(emit, spec, other), spec.guide))
