"""[softmax] as nodes."""

from __future__ import annotations

from darkcsp.layers.softmax import Softmax
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.to_onnx.tree import write_tree_softmax
from darkcsp.weightfile.weights import Blobs


@lowers(Softmax)
def lower_softmax(spec: Softmax, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Softmax over each run of values, or over each group of a tree."""
    groups = 1 if spec.tree else spec.groups
    x = emit.reshape(x, 0, groups, spec.output.c // groups)
    if spec.temperature != 1:
        x = emit.scalar("Div", x, spec.temperature)
    if spec.tree:
        y = write_tree_softmax(emit, spec.tree.needed(spec.place, "ONNX"), x)
    else:
        y = emit.node("Softmax", x, axis=2)
    return Lowered(emit.reshape(y, 0, *spec.output))
