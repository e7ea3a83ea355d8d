"""[upsample] as nodes."""

from __future__ import annotations

from darkcsp.layers.upsample import Upsample
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Upsample)
def lower_upsample(spec: Upsample, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Resize, or an AveragePool times the block's size."""
    scale = spec.scale
    if spec.reverse:
        x = emit.node("AveragePool", x, kernel_shape=[spec.stride] * 2, strides=[spec.stride] * 2)
        scale *= spec.stride**2
    else:
        x = emit.node(
            "Resize",
            x,
            "",
            emit.constant([1.0, 1.0, spec.stride, spec.stride]),
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )
    return Lowered(x if scale == 1 else emit.scalar("Mul", x, scale))
