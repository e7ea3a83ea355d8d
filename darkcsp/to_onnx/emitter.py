"""Collects ONNX nodes and tensors under names that carry Darknet's layer number and type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper

from darkcsp.arrays import Array
from darkcsp.modelfile.writing import LazyTensor


class Emitter:
    """Builds the node list of one graph.

    Every name begins with the current scope, a layer's label: `L012_convolutional/Conv`. Tensors are referred to by
    name.

    Attributes:
        sides: the pictures' (height, width), int64, in a model for pictures of any size; None in one for a size.
    """

    sides: str | None = None

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.weights: list[LazyTensor] = []
        self.scope = ""
        self._taken: dict[str, int] = {}  # names, and the last number behind each

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output; return its name."""
        name = self._name(op)
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def node_with_outputs(self, op: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs; return their names."""
        name = self._name(op)
        names = [f"{name}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **attributes))
        return names

    def constant(self, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> str:
        """Add a small tensor and return its name."""
        array = np.asarray(values, dtype)
        name = self._name("constant")
        element = TensorProto.INT64 if array.dtype == np.int64 else TensorProto.FLOAT
        if array.dtype not in (np.dtype(np.int64), np.dtype(np.float32)):
            raise TypeError(f"constants are float32 or int64, not {array.dtype}")
        self.constants.append(helper.make_tensor(name, element, array.shape, array.tobytes(), raw=True))
        return name

    def ints(self, *values: int) -> str:
        """Add a vector of int64, as Reshape, Slice and the like take it."""
        return self.constant(values, np.int64)

    def weight(
        self,
        blob: str,
        shape: tuple[int, ...],
        make: Callable[[], Array],
        pieces: Callable[[], Iterator[Array]] | None = None,
    ) -> str:
        """Add a parameter tensor that is made when the model is written, see LazyTensor; return its name."""
        name = self._name(blob)
        self.weights.append(LazyTensor(name, shape, make, pieces))
        return name

    def reshape(self, x: str, *shape: int) -> str:
        """Add a Reshape; 0 keeps a dimension, -1 takes the rest."""
        return self.node("Reshape", x, self.ints(*shape))

    def pixels(self, count: int) -> int:
        """Return a number of pixels for `reshape`: -1, which takes what there is, in a model for any size."""
        return count if self.sides is None else -1

    def reshape_as(self, x: str, shape: Sequence[int], like: str) -> str:
        """Add a Reshape to (N, *shape), which is that of another tensor."""
        return self.reshape(x, 0, *shape) if self.sides is None else self.node("Reshape", x, self.node("Shape", like))

    def sides_of(self, x: str) -> str:
        """Write the (height, width) of (N, c, h, w), int64."""
        return self.slice(self.node("Shape", x), 0, 2, 4)

    def slice(self, x: str, axis: int, start: int, stop: int, step: int = 1) -> str:
        """Add a Slice along one axis."""
        return self.node(
            "Slice", x, self.ints(start), self.ints(stop), self.ints(axis), *([self.ints(step)] if step != 1 else [])
        )

    def split(self, x: str, axis: int, sizes: Iterable[int]) -> list[str]:
        """Add a Split into parts of the given sizes."""
        parts = list(sizes)
        if len(parts) == 1:
            return [x]
        return self.node_with_outputs("Split", x, self.ints(*parts), outputs=len(parts), axis=axis)

    def scalar(self, op: str, x: str, value: float) -> str:
        """Add a binary node with a scalar constant on the right."""
        return self.node(op, x, self.constant(value))

    def rename(self, old: str, new: str) -> bool:
        """Give a tensor made in the current scope another name; False where it was made elsewhere."""
        if not old.startswith(f"{self.scope}/"):
            return False
        made = False
        for node in reversed(self.nodes):
            if not node.name.startswith(f"{self.scope}/"):
                break
            for position, name in enumerate(node.output):
                if name == old:
                    node.output[position] = new
                    made = True
            for position, name in enumerate(node.input):
                if name == old:
                    node.input[position] = new
        return made

    def prune(self, outputs: Iterable[str]) -> None:
        """Drop nodes and tensors that no output depends on."""
        needed = set(outputs)
        kept = []
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                kept.append(node)
                needed.update(node.input)
        self.nodes = kept[::-1]
        self.constants = [tensor for tensor in self.constants if tensor.name in needed]
        self.weights = [tensor for tensor in self.weights if tensor.name in needed]

    def _name(self, what: str) -> str:
        base = name = f"{self.scope}/{what}" if self.scope else what
        while name in self._taken:
            self._taken[base] += 1
            name = f"{base}_{self._taken[base]}"
        self._taken[name] = 1
        return name
