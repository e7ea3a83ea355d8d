"""Two layers of different shapes together, and what the layers that one layer guides have in common."""

from __future__ import annotations

from darkcsp.spec.guided import Guided
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter


def as_guide(emit: Emitter, spec: Guided, other: str) -> str:
    """Return the guiding layer as it is used: with all of its values as channels where it is flat."""
    return emit.reshape(other, 0, spec.guide.c, 1, 1) if spec.flat else other


def write_broadcast(emit: Emitter, op: str, x: str, shape: Shape, other: str, other_shape: Shape) -> str:
    """Write Add or Mul of two tensors, (N, c, h, w) each, whose shapes broadcast.

    Where one has one channel and the other many, and both have the same positions, it is written over rows of
    positions: OpenCV 5 fails otherwise.
    """
    same_place = (shape.h, shape.w) == (other_shape.h, other_shape.w)
    if not same_place or shape.c == other_shape.c:
        return emit.node(op, x, other)
    parts = [(x, shape), (other, other_shape)]
    rows = [emit.reshape(tensor, 0, part.c, emit.pixels(part.h * part.w)) for tensor, part in parts]
    widest, widest_shape = max(parts, key=lambda part: part[1].c)
    return emit.reshape_as(emit.node(op, *rows), widest_shape, widest)
