"""A model between lowering and file: what passes take and give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, shape_inference

from darkcsp.modelfile.index import Index
from darkcsp.modelfile.targets import OPSET, Kernels
from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.replacement import Replacement


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
    def index(self) -> Index:
        """Which node makes each tensor, and which nodes read it."""
        shapes = {tensor.name: tensor.shape for tensor in self.weights}
        shapes |= {tensor.name: tuple(tensor.dims) for tensor in self.constants}
        return Index(self.nodes, shapes, tuple(output.name for output in self.outputs))

    @cached_property
    def weight(self) -> Mapping[str, LazyTensor]:
        """The large tensors by name."""
        return {tensor.name: tensor for tensor in self.weights}

    @cached_property
    def shapes(self) -> Mapping[str, tuple[int | None, ...]]:
        """The shape of each tensor, None for dimensions that are open; tensors of unknown rank are missing."""
        tensors = [_value(tensor.name, tensor.shape) for tensor in self.weights]
        graph = helper.make_graph(
            self.nodes, "shapes", [*self.inputs, *tensors], self.outputs, initializer=self.constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        return dict(_shapes(shape_inference.infer_shapes(model, data_prop=True)))

    def size(self, tensor: str) -> tuple[int, int]:
        """Return the height and width of a tensor, its last dimensions; (0, 0) where they are not known."""
        *_, height, width = self.shapes.get(tensor, (None, None))
        return (0, 0) if height is None or width is None else (height, width)

    def rewritten(self, replacements: Mapping[str, Replacement]) -> Draft:
        """Return the graph with nodes, given by name, replaced; tensors that are no longer read are dropped."""
        if not replacements:
            return self
        nodes: list[NodeProto] = []
        weights = dict(self.weight)
        constants = {tensor.name: tensor for tensor in self.constants}
        for node in self.nodes:
            new = replacements.get(node.name, Replacement([node]))
            nodes += new.nodes
            weights.update({tensor.name: tensor for tensor in new.weights})
            constants.update({tensor.name: tensor for tensor in new.constants})
        read = {name for node in nodes for name in node.input} | {output.name for output in self.outputs}
        return replace(
            self,
            nodes=tuple(nodes),
            constants=tuple(tensor for name, tensor in constants.items() if name in read),
            weights=tuple(tensor for name, tensor in weights.items() if name in read),
        )


def _value(name: str, shape: Sequence[int]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _shapes(model: ModelProto) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    graph = model.graph
    for value in [*graph.input, *graph.value_info, *graph.output]:
        if value.type.tensor_type.HasField("shape"):
            dims = value.type.tensor_type.shape.dim
            yield value.name, tuple(dim.dim_value if dim.HasField("dim_value") else None for dim in dims)
