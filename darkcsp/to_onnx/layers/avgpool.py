"""[avgpool] as a node."""

from __future__ import annotations

from darkcsp.layers.avgpool import Avgpool
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Avgpool)
def lower_avgpool(spec: Avgpool, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a GlobalAveragePool."""
    return Lowered(emit.node("GlobalAveragePool", x))
