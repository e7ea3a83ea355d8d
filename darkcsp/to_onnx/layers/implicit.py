"""[implicit] as nodes."""

from __future__ import annotations

from darkcsp.layers.implicit import Implicit
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Implicit)
def lower_implicit(spec: Implicit, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the numbers plus a zero for each picture, which gives them the batch's size."""
    one = emit.node("Slice", x, emit.ints(0, 0, 0), emit.ints(1, 1, 1), emit.ints(1, 2, 3))
    numbers = emit.weight("weights", (1, *spec.output), lambda: blobs["weights"].reshape(1, *spec.output))
    return Lowered(emit.node("Add", emit.scalar("Mul", one, 0.0), numbers))
