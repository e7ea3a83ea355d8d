"""1x1 convolutions as products of matrices: OpenCV's classic engine has twice as fast a kernel for these."""

from __future__ import annotations

import numpy as np
from onnx import NodeProto, TensorProto, helper

from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft, Replacement, attribute, small
from darkcsp.weightfile.weights import Array

LEAST = 16
"""Pixels from which on a product is faster: the engine copies its weights for each picture."""


def pointwise_matmul(draft: Draft) -> Draft:
    """Make a 1x1 convolution (n, c) of (N, c, h, w) the product with (N, c, h w), plus the bias, as (N, n, h, w)."""
    replacements: dict[str, Replacement] = {}
    constants: list[TensorProto] = []
    for node in draft.nodes:
        sizes = _sizes(draft, node)
        if sizes is not None:
            new, weights, shapes = _product(draft, node, sizes)
            replacements[node.name] = new, weights
            constants += shapes
    return draft.rewritten(replacements, constants)


def _sizes(draft: Draft, node: NodeProto) -> tuple[int, int] | None:
    """Height and width of what a 1x1 convolution of all channels gives; None for any other node, and few pixels."""
    if node.op_type != "Conv" or len(node.input) != 3 or not {*node.input[1:]} <= set(draft.weight):
        return None
    if draft.weight[node.input[1]].shape[2:] != (1, 1) or attribute(node, "group", 1) != 1:
        return None
    if set(attribute(node, "strides", [1])) != {1} or any(attribute(node, "pads", [0])):
        return None
    *_, height, width = draft.shapes.get(node.output[0], (None, None))
    return None if height is None or width is None or height * width < LEAST else (height, width)


def _product(
    draft: Draft, node: NodeProto, sizes: tuple[int, int]
) -> tuple[list[NodeProto], list[LazyTensor], list[TensorProto]]:
    weights, biases = (draft.weight[name] for name in node.input[1:])
    filters, channels = weights.shape[:2]
    made = {part: f"{node.name}/{part}" for part in ("columns", "product", "sum", "flat", "picture")}
    nodes = [
        helper.make_node("Reshape", [node.input[0], made["flat"]], [made["columns"]], name=made["columns"]),
        helper.make_node("MatMul", [weights.name, made["columns"]], [made["product"]], name=made["product"]),
        helper.make_node("Add", [made["product"], biases.name], [made["sum"]], name=made["sum"]),
        helper.make_node("Reshape", [made["sum"], made["picture"]], [node.output[0]], name=node.name),
    ]
    matrix = _reshaped(weights, (1, filters, channels))
    column = _reshaped(biases, (1, filters, 1))
    shapes = [
        small(made["flat"], [0, channels, sizes[0] * sizes[1]], np.int64),
        small(made["picture"], [0, filters, *sizes], np.int64),
    ]
    return nodes, [matrix, column], shapes


def _reshaped(tensor: LazyTensor, shape: tuple[int, ...]) -> LazyTensor:
    def make() -> Array:
        return tensor.make().reshape(shape)

    return LazyTensor(tensor.name, shape, make)
