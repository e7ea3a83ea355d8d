"""[lstm] as nodes."""

from __future__ import annotations

from darkcsp.layers.lstm import Lstm
from darkcsp.to_onnx.activation_functions import write_tanh
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.recurrent import PartWriter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Lstm)
def lower_lstm(spec: Lstm, blobs: Blobs, emit: Emitter, x: str, hidden: str, cell: str) -> Lowered:
    """Write one step; the states are hidden, which is the output, and cell."""
    part = PartWriter(spec, blobs, emit)
    f, i, g, o = (part.total((f"w{gate}", hidden), (f"u{gate}", x)) for gate in "figo")
    kept = emit.node("Mul", emit.node("Sigmoid", f), cell)
    added = emit.node("Mul", emit.node("Sigmoid", i), write_tanh(emit, g))
    cell = emit.node("Add", kept, added)
    hidden = emit.node("Mul", emit.node("Sigmoid", o), write_tanh(emit, cell))
    return Lowered(hidden, states=(hidden, cell))
