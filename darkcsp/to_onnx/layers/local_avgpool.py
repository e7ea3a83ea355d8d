"""[local_avgpool] as a node."""

from __future__ import annotations

from darkcsp.layers.local_avgpool import LocalAvgpool
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(LocalAvgpool)
def lower_local_avgpool(spec: LocalAvgpool, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write an AveragePool that counts the padding only where the spec says so."""
    top, left, bottom, right = spec.pads if emit.sides is None else spec.open_pads
    y = emit.node(
        "AveragePool",
        x,
        kernel_shape=[spec.size] * 2,
        strides=list(spec.stride),
        pads=[top, left, max(bottom, 0), max(right, 0)],
        count_include_pad=int(spec.counts_outside),
    )
    return Lowered(y)
