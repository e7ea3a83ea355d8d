"""Decode all heads of a network together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.decode.registry import decode_head
from darkcsp.errors import ArgumentError, GraphError
from darkcsp.graph.graph import Graph
from darkcsp.spec.head import Head


def decode(graph: Graph, raw: Sequence[npt.ArrayLike]) -> Array:
    """Turn the inputs of the heads into boxes, as Darknet's get_network_boxes does before any threshold.

    Args:
        graph: the network.
        raw: the input tensor of each of `graph.heads`, in order: (N, c, h, w), or any shape of the same size.

    Returns:
        float32 (N, boxes, 5 + classes): cx, cy, w, h relative to the network's input, objectness, and class
        probabilities times objectness. Boxes are ordered by head, by cell from the top left, and by anchor within a
        cell.

    Raises:
        ArgumentError: there are no heads, or the arrays do not fit them.
        GraphError: the heads differ in their number of classes.
        UnsupportedLayerError: probabilities need a class tree whose file is not found.
    """
    heads = graph.heads
    if len(raw) != len(heads) or not heads:
        message = f"{graph.cfg.path}: has {len(heads)} detection heads, but {len(raw)} arrays were passed"
        raise ArgumentError("raw", len(raw), f"one array for each of {len(heads)} heads", message)
    for head in heads[1:]:
        if head.classes != heads[0].classes:
            message = f"classes={head.classes}, but {heads[0].place} has {heads[0].classes}; heads must agree"
            raise GraphError(head.place, message)
    parts = [decode_head(head, graph.input, _checked(array, head)) for head, array in zip(heads, raw, strict=True)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, 1)


def _checked(array: npt.ArrayLike, head: Head) -> Array:
    values = np.asarray(array, np.float32)
    if values.ndim < 2 or values[0].size != head.input.size:
        expected = f"(N, {head.input.c}, {head.input.h}, {head.input.w})"
        message = f"{head.place} layer {head.index} expects an array of shape {expected}, not {values.shape}"
        raise ArgumentError("raw", values.shape, expected, message)
    return values
