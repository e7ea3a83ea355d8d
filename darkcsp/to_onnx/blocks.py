"""The rearrangement of blocks of pixels that [reorg] and [reorg3d] share."""

from __future__ import annotations

from darkcsp.spec.blocks import Blocks
from darkcsp.to_onnx.emitter import Emitter


def write_blocks(emit: Emitter, spec: Blocks, x: str) -> str:
    """Write a Transpose between two Reshapes."""
    (rows, columns), stride = spec.grid, spec.stride
    if spec.reverse:
        blocks = emit.node("Transpose", emit.reshape(x, 0, stride, stride, rows, columns), perm=[0, 3, 1, 4, 2])
    else:
        order = [0, 4, 2, 1, 3] if spec.columns_first else [0, 2, 4, 1, 3]
        blocks = emit.node("Transpose", emit.reshape(x, 0, rows, stride, columns, stride), perm=order)
    return emit.reshape(blocks, 0, *spec.output)
