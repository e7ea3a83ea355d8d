"""[gru] as nodes."""

from __future__ import annotations

from darkcsp.layers.gru import Gru
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.recurrent import PartWriter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Gru)
def lower_gru(spec: Gru, blobs: Blobs, emit: Emitter, x: str, hidden: str) -> Lowered:
    """Write one step; the state is the output."""
    part = PartWriter(spec, blobs, emit)
    z = emit.node("Sigmoid", part.total(("uz", x), ("wz", hidden)))
    r = emit.node("Sigmoid", part.total(("ur", x), ("wr", hidden)))
    new = activate(emit, spec.activation, part.total(("uh", x), ("wh", emit.node("Mul", r, hidden))))
    kept = emit.node("Mul", z, hidden)
    state = emit.node("Add", kept, emit.node("Mul", emit.node("Sub", emit.constant(1.0), z), new))
    return Lowered(state, states=(state,))
