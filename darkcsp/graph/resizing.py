"""The same network for pictures of another size: what multi-scale training and models of open size need."""

from __future__ import annotations

import dataclasses

from darkcsp.errors import ArgumentError, CfgError
from darkcsp.graph.build import build_by
from darkcsp.graph.graph import Graph
from darkcsp.limits import NO_LIMITS
from darkcsp.spec.spec import Spec


def resized(graph: Graph, size: tuple[int, int], argument: str = "size") -> Graph:
    """Return a network as it is for pictures of another size: the same layers and parameters, other shapes.

    Args:
        graph: the network.
        size: (width, height).
        argument: what an error calls the size.

    Raises:
        ArgumentError: the network cannot run at that size: layers would not fit together, or one of them has
            parameters or options for one size only, such as [connected].
    """
    if size == (graph.input.w, graph.input.h):
        return graph
    if not graph.net.is_picture:
        raise _refusal(graph, size, argument, "its input is a vector")
    try:
        found = build_by(graph.cfg, graph.program, size, NO_LIMITS)
    except CfgError as error:
        raise _refusal(graph, size, argument, str(error)) from None
    for own, other in zip(graph.layers, found.layers, strict=True):
        if not _is_same_layer(own, other):
            raise _refusal(graph, size, argument, f"{own.place} layer {own.index} is made for one size only")
    return found


def _is_same_layer(own: Spec, other: Spec) -> bool:
    """Tell whether a layer differs in nothing but the shapes that it is given, and what follows from them."""
    return own.blobs == other.blobs and dataclasses.replace(own, inputs=other.inputs) == other


def _refusal(graph: Graph, size: tuple[int, int], argument: str, reason: str) -> ArgumentError:
    own, asked = f"{graph.input.w}x{graph.input.h}", f"{size[0]}x{size[1]}"
    message = f"{graph.cfg.path}: takes pictures of {own} (width x height) and cannot run at {asked}: {reason}"
    return ArgumentError(argument, asked, own, message)
