"""[reorg3d] as nodes."""

from __future__ import annotations

from darkcsp.layers.reorg3d import Reorg3d
from darkcsp.to_onnx.blocks import write_blocks
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Reorg3d)
def lower_reorg3d(spec: Reorg3d, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write blocks of pixels to channels, or what Darknet makes of the way back."""
    return Lowered(write_blocks(emit, spec, x))
