"""[alternate_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.alternate_channels import AlternateChannels
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.guided import as_guide, write_broadcast
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(AlternateChannels)
def lower_alternate_channels(spec: AlternateChannels, blobs: Blobs, emit: Emitter, x: str, other: str) -> Lowered:
    """Write zeros of the right shape plus the other layer, and a Concat."""
    zeros = emit.scalar("Mul", x, 0.0)
    spread = write_broadcast(emit, "Add", zeros, spec.input, as_guide(emit, spec, other), spec.guide)
    return Lowered(emit.node("Concat", spread, x, axis=1))
