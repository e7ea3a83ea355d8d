"""[reorg] as nodes."""

from __future__ import annotations

from darkcsp.layers.reorg import Blocks, Reorg, ReorgExtra, ReorgFlatten
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Reorg)
def lower_blocks(spec: Blocks, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Write a Transpose between two Reshapes."""
    (rows, columns), stride = spec.grid, spec.stride
    if spec.reverse:
        blocks = emit.node("Transpose", emit.reshape(x, 0, stride, stride, rows, columns), perm=[0, 3, 1, 4, 2])
    else:
        blocks = emit.node("Transpose", emit.reshape(x, 0, rows, stride, columns, stride), perm=[0, 2, 4, 1, 3])
    return emit.reshape(blocks, 0, *spec.output)


@lowers(ReorgFlatten)
def lower_flatten(spec: ReorgFlatten, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Write a Transpose of channels and pixels."""
    c, h, w = spec.input
    matrix = emit.reshape(x, 0, h * w, c) if spec.reverse else emit.reshape(x, 0, c, h * w)
    return emit.reshape(emit.node("Transpose", matrix, perm=[0, 2, 1]), 0, *spec.output)


@lowers(ReorgExtra)
def lower_extra(spec: ReorgExtra, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Write a Pad behind the flattened input."""
    vector = emit.reshape(x, 0, spec.input.size, 1, 1)
    return emit.node("Pad", vector, emit.ints(0, 0, 0, 0, 0, spec.extra, 0, 0), emit.constant(0.0))
