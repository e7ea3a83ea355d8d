"""[route] as nodes."""

from __future__ import annotations

from darkcsp.layers.route import Route
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Route)
def lower_route(spec: Route, blobs: Blobs, emit: Emitter, *xs: str) -> Lowered:
    """Write a Slice for each source where there are groups, and a Concat where there are several sources."""
    parts = list(xs)
    if spec.groups > 1:
        widths = [shape.c // spec.groups for shape in spec.inputs]
        parts = [
            emit.slice(x, 1, width * spec.group_id, width * (spec.group_id + 1))
            for x, width in zip(xs, widths, strict=True)
        ]
    return Lowered(parts[0] if len(parts) == 1 else emit.node("Concat", *parts, axis=1))
