"""[crop] as nodes."""

from __future__ import annotations

from darkcsp.layers.crop import Crop
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Crop)
def lower_crop(spec: Crop, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Slice for each direction that is cut, the mean of neighbours, and the stretch to -1..1."""
    directions = zip((2, 3), spec.start, (spec.height, spec.width), spec.neighbours, spec.input[1:], strict=True)
    for axis, start, length, neighbours, given in directions:
        if length + neighbours - 1 < given:
            x = emit.slice(x, axis, start, start + length + neighbours - 1)
    if spec.neighbours != (1, 1):
        x = emit.node("AveragePool", x, kernel_shape=list(spec.neighbours))
    return Lowered(x if spec.noadjust else emit.scalar("Sub", emit.scalar("Mul", x, 2.0), 1.0))
