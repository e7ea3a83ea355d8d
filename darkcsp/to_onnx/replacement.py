"""The nodes and tensors that a pass puts in the place of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper, numpy_helper

from darkcsp.arrays import Array
from darkcsp.modelfile.writing import LazyTensor, row_pieces
from darkcsp.weightfile.folding import times


class Replacement(NamedTuple):
    """What takes the place of some nodes.

    Attributes:
        nodes: the new nodes, which make the same outputs.
        weights: large tensors that they read and that are new, or replace one of the same name.
        constants: small ones likewise.
    """

    nodes: Sequence[NodeProto] = ()
    weights: Sequence[LazyTensor] = ()
    constants: Sequence[TensorProto] = ()


class Substitute:
    """Writes several nodes in the place of one: their names begin with its name, and the last takes over its output."""

    def __init__(self, replaced: NodeProto) -> None:
        self._replaced = replaced
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def node(self, op: str, part: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output; return the output's name."""
        name = f"{self._replaced.name}/{part}"
        self._nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, part: str, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> str:
        """Add a small tensor; return its name."""
        name = f"{self._replaced.name}/{part}"
        self._constants.append(small(name, values, dtype))
        return name

    def finish(
        self, op: str, *inputs: str, weights: Sequence[LazyTensor] = (), constants: Sequence[TensorProto] = ()
    ) -> Replacement:
        """Add the last node; return everything, with further tensors that the nodes read."""
        last = helper.make_node(op, inputs, self._replaced.output, name=self._replaced.name)
        return Replacement([*self._nodes, last], weights, [*self._constants, *constants])


def changed(
    node: NodeProto, inputs: Sequence[str] | None = None, output: str | None = None, **values: Any
) -> NodeProto:
    """Return a copy of a node with other inputs, another first output, other attributes."""
    copy = NodeProto()
    copy.CopyFrom(node)
    if inputs is not None:
        del copy.input[:]
        copy.input.extend(inputs)
    if output is not None:
        copy.output[0] = output
    for name, value in values.items():
        kept = [item for item in copy.attribute if item.name != name]
        del copy.attribute[:]
        copy.attribute.extend([*kept, helper.make_attribute(name, value)])
    return copy


def small(name: str, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> TensorProto:
    """Return a small tensor; a single number becomes a vector of one."""
    return numpy_helper.from_array(np.ascontiguousarray(np.asarray(values, dtype)), name)


def derived(tensor: LazyTensor, shape: tuple[int, ...], function: Callable[[Array], Array]) -> LazyTensor:
    """Return a large tensor of the same name whose values a function makes of another's, when they are written."""
    return LazyTensor(tensor.name, shape, lambda: function(tensor.make()))


def scaled(tensor: LazyTensor, factors: LazyTensor) -> LazyTensor:
    """Return a large tensor with each row times its factor; it can be made a few rows at a time."""

    def column() -> Array:
        return factors.make().reshape(-1, *[1] * (len(tensor.shape) - 1))

    def pieces() -> Iterator[Array]:
        factor, start = column(), 0
        for values in row_pieces(tensor):
            yield times(values, factor[start : start + len(values)])
            start += len(values)

    return derived(tensor, tensor.shape, lambda values: times(values, column()))._replace(pieces=pieces)


def reshaped(tensor: LazyTensor, *shape: int) -> LazyTensor:
    """Return a large tensor with another shape."""
    return derived(tensor, shape, lambda values: values.reshape(shape))
