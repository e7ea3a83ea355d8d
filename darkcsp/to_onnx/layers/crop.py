"""[crop] as nodes."""

from __future__ import annotations

from darkcsp.layers.crop import Crop
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Crop)
def lower_crop(spec: Crop, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Slice for each direction that is cut, and the stretch to -1..1."""
    row, column = spec.start
    if spec.height < spec.input.h:
        x = emit.slice(x, 2, row, row + spec.height)
    if spec.width < spec.input.w:
        x = emit.slice(x, 3, column, column + spec.width)
    return Lowered(x if spec.noadjust else emit.scalar("Sub", emit.scalar("Mul", x, 2.0), 1.0))
