"""Looks up which node makes each tensor of an ONNX graph, and which nodes read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onnx import GraphProto, NodeProto, helper


@dataclass(frozen=True)
class Index:
    """The nodes of a graph, indexed by the tensors that they make and read.

    The nodes must not change afterwards. Subgraphs of nodes (If, Loop) are ignored; darkcsp writes none.

    Attributes:
        nodes: the nodes, in an order in which they can run.
        initializers: name -> shape of each initializer.
        outputs: names of the graph's outputs.
    """

    nodes: tuple[NodeProto, ...]
    initializers: Mapping[str, tuple[int, ...]]
    outputs: tuple[str, ...]

    @classmethod
    def of_graph(cls, graph: GraphProto) -> Index:
        """Return the index of a whole graph."""
        initializers = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
        return cls(tuple(graph.node), initializers, tuple(output.name for output in graph.output))

    def maker(self, tensor: str) -> NodeProto | None:
        """Return the node that makes a tensor; None for inputs and initializers."""
        return self._makers.get(tensor)

    def readers(self, tensor: str) -> Sequence[NodeProto]:
        """Return the nodes that read a tensor, in order; one that reads it twice is listed twice."""
        return self._readers.get(tensor, ())

    def uses(self, tensor: str) -> int:
        """Return how often a tensor is read; being an output of the graph counts as once."""
        return len(self.readers(tensor)) + self.outputs.count(tensor)

    def is_output(self, tensor: str) -> bool:
        """Return whether a tensor is an output of the graph."""
        return tensor in self.outputs

    def is_private(self, tensor: str) -> bool:
        """Return whether a tensor is an initializer that is read once, so that it can be changed for that reader."""
        return tensor in self.initializers and self.uses(tensor) == 1

    def only_reader(self, tensor: str, *ops: str) -> NodeProto | None:
        """Return the only reader of a tensor; None if there are others, or if its type is not one of `ops`."""
        if self.uses(tensor) != 1 or self.is_output(tensor):
            return None
        (node,) = self.readers(tensor)
        return node if node.op_type in ops else None

    def walk_back(
        self, tensors: Iterable[str], stop: Callable[[NodeProto], bool]
    ) -> tuple[list[NodeProto], list[NodeProto]]:
        """Walk back from tensors to the nodes that make them, on each path up to the first node where `stop` is true.

        Returns:
            The nodes that were passed, and those where the walk stopped; each once.
        """
        passed: dict[int, NodeProto] = {}
        stopped: dict[int, NodeProto] = {}
        waiting = list(tensors)
        while waiting:
            node = self.maker(waiting.pop())
            if node is None or id(node) in passed or id(node) in stopped:
                continue
            if stop(node):
                stopped[id(node)] = node
            else:
                passed[id(node)] = node
                waiting.extend(node.input)
        return list(passed.values()), list(stopped.values())

    @cached_property
    def _makers(self) -> Mapping[str, NodeProto]:
        return {name: node for node in self.nodes for name in node.output if name}

    @cached_property
    def _readers(self) -> Mapping[str, Sequence[NodeProto]]:
        found: dict[str, list[NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                if name:  # an omitted optional input has the name ""
                    found.setdefault(name, []).append(node)
        return found


def attribute(node: NodeProto, name: str, default: Any) -> Any:
    """Return the value of a node's attribute, or `default` if it has none of that name."""
    return next((helper.get_attribute_value(item) for item in node.attribute if item.name == name), default)
