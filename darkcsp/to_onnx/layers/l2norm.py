"""[l2norm] as nodes."""

from __future__ import annotations

from onnx import TensorProto

from darkcsp.layers.l2norm import L2norm
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(L2norm)
def lower_l2norm(spec: L2norm, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the length over the channels and a Div."""
    length = emit.node("ReduceL2", x, axes=[1], keepdims=1)
    if spec.keeps_zeros:
        is_zero = emit.node("Cast", emit.node("Equal", length, emit.constant(0.0)), to=TensorProto.FLOAT)
        length = emit.node("Add", length, is_zero)
    return Lowered(emit.node("Div", x, length))
