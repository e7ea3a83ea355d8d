"""Patterns of nodes, written as the expressions that they calculate, and where they occur in a draft.

    X, WEIGHTS = Tensor(), Weight()
    CONV = op("Conv", X, WEIGHTS, ...)
    PATTERN = op("Relu", CONV)

is a Relu of a convolution. In a match, `match[CONV]` is the node, `match[WEIGHTS]` the large tensor, and `match[X]` the
name of the tensor that stands for X.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, overload

from onnx import NodeProto

from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft

COMMUTATIVE = frozenset({"Add", "Mul"})
"""Operators whose two inputs may stand in either order."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """Any tensor; where it stands more than once in a pattern, the same tensor each time."""


@dataclass(frozen=True, eq=False)
class Weight:
    """A large tensor of the draft that is read once."""


@dataclass(frozen=True, eq=False)
class Op:
    """A node of type `type` that reads `inputs` in this order and, where `open`, possibly more after them."""

    type: str
    inputs: tuple[Pattern, ...]
    open: bool


Pattern = Op | Tensor | Weight
Bound = dict[Pattern, Any]
"""What stands for each part of a pattern: a node, a name, or a large tensor."""


def op(type: str, *inputs: Pattern | EllipsisType) -> Op:
    """Return the pattern of a node; `...` as the last input stands for any further ones, or none."""
    parts = tuple(part for part in inputs if not isinstance(part, EllipsisType))
    return Op(type, parts, open=len(parts) < len(inputs))


@dataclass(frozen=True)
class Match:
    """A place where a pattern occurs.

    Attributes:
        draft: where.
        root: the last of the nodes, which makes what the pattern calculates.
        bound: what stands for each part of the pattern.
    """

    draft: Draft
    root: NodeProto
    bound: Mapping[Pattern, Any]

    @property
    def nodes(self) -> list[NodeProto]:
        """All nodes of the match."""
        return [found for part, found in self.bound.items() if isinstance(part, Op)]

    def __contains__(self, part: Pattern) -> bool:
        return part in self.bound

    @overload
    def __getitem__(self, part: Op) -> NodeProto: ...
    @overload
    def __getitem__(self, part: Tensor) -> str: ...
    @overload
    def __getitem__(self, part: Weight) -> LazyTensor: ...
    def __getitem__(self, part: Pattern) -> Any:
        return self.bound[part]


def find_matches(draft: Draft, patterns: Iterable[Op]) -> Iterator[Match]:
    """Yield every place where one of some patterns occurs, ordered by its last node.

    What the nodes before the last make is read once, by the next node of the pattern, and is no output of the graph. So
    these nodes can go when the last is replaced.
    """
    wanted = tuple(patterns)
    for node in draft.nodes:
        for pattern in wanted:
            if node.op_type == pattern.type:
                for bound in _bind_inputs(draft, pattern, node, {}):
                    yield Match(draft, node, bound)


def _bind_inputs(draft: Draft, pattern: Op, node: NodeProto, bound: Bound) -> Iterator[Bound]:
    """Yield what is bound already, with each way in which a node of the right type can stand for a pattern."""
    inputs, count = list(node.input), len(pattern.inputs)
    if len(inputs) < count or (len(inputs) > count and not pattern.open):
        return
    yield from _bind_all(draft, pattern.inputs, inputs, {**bound, pattern: node})
    if pattern.type in COMMUTATIVE:
        yield from _bind_all(draft, pattern.inputs, inputs[::-1], {**bound, pattern: node})


def _bind_all(draft: Draft, parts: Sequence[Pattern], tensors: Sequence[str], bound: Bound) -> Iterator[Bound]:
    if not parts:
        yield bound
        return
    for found in _bind(draft, parts[0], tensors[0], bound):
        yield from _bind_all(draft, parts[1:], tensors[1:], found)


def _bind(draft: Draft, part: Pattern, tensor: str, bound: Bound) -> Iterator[Bound]:
    if isinstance(part, Op):
        maker = draft.index.maker(tensor)
        if maker is not None and maker.op_type == part.type and sum(map(draft.index.uses, maker.output)) == 1:
            yield from _bind_inputs(draft, part, maker, bound)
    elif isinstance(part, Weight):
        if tensor in draft.weight and draft.index.is_private(tensor):
            yield {**bound, part: draft.weight[tensor]}
    elif tensor and bound.get(part, tensor) == tensor:
        yield {**bound, part: tensor}
