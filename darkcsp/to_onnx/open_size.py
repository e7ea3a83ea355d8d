"""Models for pictures of any size: written for two sizes, and nothing in them may differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from onnx import ValueInfoProto

from darkcsp.errors import ArgumentError
from darkcsp.graph.graph import Graph
from darkcsp.graph.resizing import resized
from darkcsp.modelfile.names import HEIGHT, IMAGES, ROWS, WIDTH
from darkcsp.modelfile.options import DYNAMIC
from darkcsp.to_onnx.draft import Draft


def open_draft(graph: Graph, write: Callable[[Graph], Draft]) -> Draft:
    """Return a network's nodes for pictures of any size; `write` gives those for a graph of one size.

    Raises ArgumentError where a layer can only be for one size.
    """
    if graph.is_recurrent:
        raise _refusal(graph, "carries state from picture to picture, which has a size")
    try:
        other = resized(graph, (2 * graph.input.w, 3 * graph.input.h))
    except ArgumentError as error:
        raise _refusal(graph, str(error).removeprefix(f"{graph.cfg.path}: ")) from None
    draft, elsewhere = write(graph), write(other)
    for part, again in zip(_parts(draft), _parts(elsewhere), strict=False):
        if part != again:
            raise _refusal(graph, f"what {part[0]} becomes depends on the size")
    inputs = tuple(_opened(draft.inputs, elsewhere.inputs))
    return replace(draft, inputs=inputs, outputs=tuple(_opened(draft.outputs, elsewhere.outputs)))


def _parts(draft: Draft) -> Iterator[tuple[str, object]]:
    """Everything that a draft is made of, in order: the name of the layer that it belongs to, and what it is."""
    constants = {tensor.name: tensor.SerializeToString() for tensor in draft.constants}
    weights = {tensor.name: tensor.shape for tensor in draft.weights}
    for node in draft.nodes:
        read = [constants.get(name, weights.get(name)) for name in node.input]
        yield node.name.split("/")[0], (node.SerializeToString(), read)


def _opened(values: Sequence[ValueInfoProto], others: Iterable[ValueInfoProto]) -> Iterator[ValueInfoProto]:
    """Give dimensions that differ between two sizes names in the place of numbers."""
    for value, other in zip(values, others, strict=True):
        found = ValueInfoProto()
        found.CopyFrom(value)
        pairs = zip(found.type.tensor_type.shape.dim, other.type.tensor_type.shape.dim, strict=True)
        differing = [dim for dim, elsewhere in pairs if dim != elsewhere]
        names = (HEIGHT, WIDTH) if len(differing) == 2 else (ROWS,)
        for dim, name in zip(differing, names, strict=True) if differing else ():
            dim.dim_param = name if value.name == IMAGES else f"{value.name}_{name}"
        yield found


def _refusal(graph: Graph, reason: str) -> ArgumentError:
    message = f"{graph.cfg.path}: cannot become a model for pictures of any size: {reason}"
    return ArgumentError("size", DYNAMIC, "(width, height)", message)
