"""The rearrangement of blocks of pixels that [reorg] and [reorg3d] share."""

from __future__ import annotations

from darkcsp.spec.blocks import Blocks
from darkcsp.to_onnx.emitter import Emitter


def write_blocks(emit: Emitter, spec: Blocks, x: str) -> str:
    """Write a Transpose between two Reshapes."""
    if emit.sides is not None:
        return _open_blocks(emit, spec, x)
    (rows, columns), stride = spec.grid, spec.stride
    if spec.reverse:
        blocks = emit.node("Transpose", emit.reshape(x, 0, stride, stride, rows, columns), perm=[0, 3, 1, 4, 2])
    else:
        order = [0, 4, 2, 1, 3] if spec.columns_first else [0, 2, 4, 1, 3]
        blocks = emit.node("Transpose", emit.reshape(x, 0, rows, stride, columns, stride), perm=order)
    return emit.reshape(blocks, 0, *spec.output)


def _open_blocks(emit: Emitter, spec: Blocks, x: str) -> str:
    """Write the same for pictures of any size."""
    stride, given = spec.stride, emit.sides_of(x)
    made = emit.node("Mul" if spec.reverse else "Div", given, emit.ints(stride))
    columns = emit.slice(given if spec.grid[1] == spec.input.w else made, 0, 1, 2)
    if spec.reverse:
        parts, order = [emit.ints(0, stride, stride, -1), columns], [0, 3, 1, 4, 2]
    else:
        parts = [emit.ints(0, -1, stride), columns, emit.ints(stride)]
        order = [0, 4, 2, 1, 3] if spec.columns_first else [0, 2, 4, 1, 3]
    blocks = emit.node("Reshape", x, emit.node("Concat", *parts, axis=0))
    blocks = emit.node("Transpose", blocks, perm=order)
    return emit.node("Reshape", blocks, emit.node("Concat", emit.ints(0, spec.output.c), made, axis=0))
