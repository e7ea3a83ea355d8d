"""[history] as a node."""

from __future__ import annotations

from darkcsp.layers.history import History
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(History)
def lower_history(spec: History, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Pad behind the channels."""
    missing = spec.output.c - spec.input.c
    return Lowered(emit.node("Pad", x, emit.ints(0, 0, 0, 0, 0, missing, 0, 0), emit.constant(0.0)) if missing else x)
