"""Convolutions with strides as products of matrices: OpenCV's kernels for these are slow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper

from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft, Replacement, attribute, small
from darkcsp.weightfile.weights import Array


class _Window(NamedTuple):
    """A convolution's kernel (height and width), strides, pads, and the height and width of what it gives."""

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: tuple[int, int, int, int]
    size: tuple[int, int]


def strided_matmul(draft: Draft) -> Draft:
    """Make a convolution with a stride of 2 or more the product of its weights with columns of what each filter sees.

    The columns are cut out of the padded input, one Slice for each place of the kernel, and stand in the order (place,
    channel). 1x1 kernels and groups are left alone, and what the target is faster at.
    """
    replacements: dict[str, Replacement] = {}
    constants: list[TensorProto] = []
    for node in draft.nodes:
        window = _window(draft, node)
        if window is not None:
            writer = _Writer(node, draft.weight[node.input[1]], draft.weight[node.input[2]])
            writer.write(window)
            replacements[node.name] = writer.nodes, writer.weights
            constants += writer.constants
    return draft.rewritten(replacements, constants)


def _window(draft: Draft, node: NodeProto) -> _Window | None:
    if node.op_type != "Conv" or len(node.input) != 3 or not {*node.input[1:]} <= set(draft.weight):
        return None
    down, across = attribute(node, "strides", [1, 1])
    *_, rows, columns = draft.weight[node.input[1]].shape
    plain = attribute(node, "group", 1) == 1 and set(attribute(node, "dilations", [1])) == {1}
    if not plain or min(down, across) < 2 or min(rows, columns) < 2:
        return None
    if draft.weight[node.input[1]].shape[1] in draft.kernels.strided:
        return None
    *_, height, width = draft.shapes.get(node.output[0], (None, None))
    if height is None or width is None:
        return None
    top, left, bottom, right = attribute(node, "pads", [0, 0, 0, 0])
    return _Window((rows, columns), (down, across), (top, left, bottom, right), (height, width))


class _Writer:
    """Writes the nodes in the place of one convolution."""

    def __init__(self, conv: NodeProto, weights: LazyTensor, biases: LazyTensor) -> None:
        self.conv, self.nodes, self.constants = conv, list[NodeProto](), list[TensorProto]()
        filters, channels, rows, columns = weights.shape
        self.weights = [
            LazyTensor(weights.name, (1, filters, rows * columns * channels), _by_place(weights)),
            LazyTensor(biases.name, (1, filters, 1), lambda: biases.make().reshape(1, filters, 1)),
        ]

    def write(self, window: _Window) -> None:
        """Write padding, columns, product and bias."""
        _, filters, depth = self.weights[0].shape
        x = self.conv.input[0]
        if any(window.pads):
            top, left, bottom, right = window.pads
            pads = self._constant("pads", [0, 0, top, left, 0, 0, bottom, right], np.int64)
            x = self._node("Pad", "padded", x, pads, self._constant("zero", 0.0))
        places = []
        for row in range(window.kernel[0]):
            rows = self._every(x, f"row{row}", 2, row, window.strides[0], window.size[0])
            for column in range(window.kernel[1]):
                name = f"place{row}.{column}"
                places.append(self._every(rows, name, 3, column, window.strides[1], window.size[1]))
        x = self._node("Concat", "seen", *places, axis=1)
        height, width = window.size
        x = self._node("Reshape", "columns", x, self._constant("flat", [0, depth, height * width], np.int64))
        x = self._node("MatMul", "product", self.weights[0].name, x)
        x = self._node("Add", "sum", x, self.weights[1].name)
        shape = self._constant("picture", [0, filters, height, width], np.int64)
        self.nodes.append(helper.make_node("Reshape", [x, shape], [self.conv.output[0]], name=self.conv.name))

    def _every(self, x: str, name: str, axis: int, first: int, step: int, count: int) -> str:
        """Take `count` rows or columns, each `step` behind the one before."""
        bounds = {"from": first, "to": first + (count - 1) * step + 1, "axis": axis, "step": step}
        return self._node(
            "Slice", name, x, *(self._constant(f"{name}/{key}", [value], np.int64) for key, value in bounds.items())
        )

    def _node(self, op: str, part: str, *inputs: str, **attributes: Any) -> str:
        name = f"{self.conv.name}/{part}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def _constant(self, part: str, values: float | Sequence[int], dtype: npt.DTypeLike = np.float32) -> str:
        name = f"{self.conv.name}/{part}"
        self.constants.append(small(name, values, dtype))
        return name


def _by_place(weights: LazyTensor) -> Callable[[], Array]:
    """Weights (n, c, rows, columns) as (1, n, rows * columns * c)."""

    def make() -> Array:
        return weights.make().transpose(0, 2, 3, 1).reshape(1, weights.shape[0], -1)

    return make
