"""[reorg] as nodes."""

from __future__ import annotations

from darkcsp.layers.reorg import Reorg, ReorgExtra, ReorgFlatten, ReorgPlanes
from darkcsp.to_onnx.blocks import write_blocks
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Reorg)
def lower_reorg(spec: Reorg, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write blocks of pixels to channels, or back."""
    return Lowered(write_blocks(emit, spec, x))


@lowers(ReorgPlanes)
def lower_planes(spec: ReorgPlanes, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write blocks of pixels to channels."""
    return Lowered(write_blocks(emit, spec, x))


@lowers(ReorgFlatten)
def lower_flatten(spec: ReorgFlatten, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Transpose of channels and pixels."""
    c, h, w = spec.input
    matrix = emit.reshape(x, 0, h * w, c) if spec.reverse else emit.reshape(x, 0, c, h * w)
    return Lowered(emit.reshape(emit.node("Transpose", matrix, perm=[0, 2, 1]), 0, *spec.output))


@lowers(ReorgExtra)
def lower_extra(spec: ReorgExtra, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Pad behind the flattened input."""
    vector = emit.reshape(x, 0, spec.input.size, 1, 1)
    return Lowered(emit.node("Pad", vector, emit.ints(0, 0, 0, 0, 0, spec.extra, 0, 0), emit.constant(0.0)))
