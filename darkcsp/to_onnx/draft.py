"""A model between lowering and file: what passes take and give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import (
    AttributeProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
    shape_inference,
)

from darkcsp.modelfile.targets import OPSET, Kernels
from darkcsp.modelfile.writing import LazyTensor

Replacement = tuple[Sequence[NodeProto], Sequence[LazyTensor]]
"""Nodes in the place of one node, and tensors that they need besides."""


@dataclass(frozen=True)
class Draft:
    """A graph whose large tensors are not made yet.

    Attributes:
        nodes: in an order in which they can run; each has one output or more, and a name of its own.
        constants: small tensors.
        weights: large float32 tensors.
        inputs: what the graph is given.
        outputs: what it returns.
        kernels: what the target is fast at.
    """

    nodes: tuple[NodeProto, ...]
    constants: tuple[TensorProto, ...]
    weights: tuple[LazyTensor, ...]
    inputs: tuple[ValueInfoProto, ...]
    outputs: tuple[ValueInfoProto, ...]
    kernels: Kernels

    @cached_property
    def weight(self) -> Mapping[str, LazyTensor]:
        """The large tensors by name."""
        return {tensor.name: tensor for tensor in self.weights}

    @cached_property
    def constant(self) -> Mapping[str, TensorProto]:
        """The small tensors by name."""
        return {tensor.name: tensor for tensor in self.constants}

    @cached_property
    def maker(self) -> Mapping[str, NodeProto]:
        """The node behind each tensor."""
        return {name: node for node in self.nodes for name in node.output}

    @cached_property
    def uses(self) -> Counter[str]:
        """How often each tensor is read; being an output of the graph counts."""
        return Counter(
            [name for node in self.nodes for name in node.input if name] + [output.name for output in self.outputs]
        )

    @cached_property
    def shapes(self) -> Mapping[str, tuple[int | None, ...]]:
        """The shape of each tensor, None for dimensions that are open; tensors of unknown rank are missing."""
        tensors = [_value(tensor.name, tensor.shape) for tensor in self.weights]
        graph = helper.make_graph(
            self.nodes, "shapes", [*self.inputs, *tensors], self.outputs, initializer=self.constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        return dict(_shapes(shape_inference.infer_shapes(model, data_prop=True)))

    def only_reader(self, tensor: str, op: str) -> NodeProto | None:
        """Return the node of type `op` that alone reads a tensor, None where there is no such node."""
        if self.uses[tensor] != 1:
            return None
        return next((node for node in self.readers.get(tensor, ()) if node.op_type == op), None)

    @cached_property
    def readers(self) -> Mapping[str, list[NodeProto]]:
        """The nodes that read each tensor."""
        found: dict[str, list[NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                found.setdefault(name, []).append(node)
        return found

    def rewritten(self, replacements: Mapping[str, Replacement], constants: Sequence[TensorProto] = ()) -> Draft:
        """Return the graph with nodes, given by name, replaced; tensors that nobody reads any more are dropped."""
        if not replacements:
            return self
        nodes: list[NodeProto] = []
        weights = dict(self.weight)
        for node in self.nodes:
            new, tensors = replacements.get(node.name, ([node], []))
            nodes += new
            weights.update({tensor.name: tensor for tensor in tensors})
        draft = replace(
            self, nodes=tuple(nodes), constants=(*self.constants, *constants), weights=tuple(weights.values())
        )
        return replace(
            draft,
            constants=tuple(tensor for tensor in draft.constants if draft.uses[tensor.name]),
            weights=tuple(tensor for tensor in draft.weights if draft.uses[tensor.name]),
        )


def attribute(node: NodeProto, name: str, default: Any) -> Any:
    """Return the value of a node's attribute."""
    found: AttributeProto | None = next((item for item in node.attribute if item.name == name), None)
    return default if found is None else helper.get_attribute_value(found)


def small(name: str, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> TensorProto:
    """Return a small tensor."""
    return numpy_helper.from_array(np.ascontiguousarray(np.asarray(values, dtype)), name)


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


def _value(name: str, shape: Sequence[int]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _shapes(model: ModelProto) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    graph = model.graph
    for value in [*graph.input, *graph.value_info, *graph.output]:
        if value.type.tensor_type.HasField("shape"):
            dims = value.type.tensor_type.shape.dim
            yield value.name, tuple(dim.dim_value if dim.HasField("dim_value") else None for dim in dims)
