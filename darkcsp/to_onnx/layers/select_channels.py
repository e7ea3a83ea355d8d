"""[select_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.select_channels import SelectChannels
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import as_guide, write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(SelectChannels)
def lower_select_channels(spec: SelectChannels, blobs: Blobs, emit: Emitter, x: str, other: str) -> Lowered:
    """Write a Sigmoid and a Mul."""
    factors = emit.node("Sigmoid", as_guide(emit, spec, other))
    return Lowered(write_broadcast(emit, "Mul", x, spec.input, factors, spec.guide))
