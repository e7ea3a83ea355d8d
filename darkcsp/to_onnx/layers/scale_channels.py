"""[scale_channels] as nodes."""

from __future__ import annotations

from darkcsp.layers.scale_channels import ScaleChannels
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ScaleChannels)
def lower_scale_channels(spec: ScaleChannels, blobs: Blobs, emit: Emitter, factors: str, x: str) -> Lowered:
    """Write a Mul that broadcasts, with scale_wh over rows of positions: OpenCV 5 fails on one channel times many."""
    if not spec.scale_wh:
        return Lowered(activate(emit, spec.activation, emit.node("Mul", x, factors)))
    c, h, w = spec.output
    y = emit.node("Mul", emit.reshape(x, 0, c, h * w), emit.reshape(factors, 0, 1, h * w))
    return Lowered(activate(emit, spec.activation, emit.reshape(y, 0, c, h, w)))
