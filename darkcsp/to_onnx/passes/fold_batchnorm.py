"""Convolution, factor and offset of each filter to one convolution (fuse_conv_batchnorm in src/network.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from onnx import NodeProto

from darkcsp.modelfile.writing import LazyTensor, piece_rows
from darkcsp.to_onnx.draft import Draft, Replacement, changed
from darkcsp.weightfile.weights import Array


def fold_batchnorm(draft: Draft) -> Draft:
    """Make Conv, Mul by (n, 1, 1), Add of (n, 1, 1) one Conv with weights times factor, and the offset for bias.

    (w * x) f + o = (f w) * x + o; only the product's rounding differs. Darknet folds likewise.
    """
    replacements: dict[str, Replacement] = {}
    for conv in draft.nodes:
        if conv.op_type != "Conv" or len(conv.input) != 2 or conv.input[1] not in draft.weight:
            continue
        multiply = draft.only_reader(conv.output[0], "Mul")
        add = draft.only_reader(multiply.output[0], "Add") if multiply is not None else None
        if multiply is None or add is None:
            continue
        weights = draft.weight[conv.input[1]]
        factors, offsets = (_per_filter(draft, node, weights.shape[0]) for node in (multiply, add))
        if factors is None or offsets is None:
            continue
        folded = LazyTensor(weights.name, weights.shape, _product(weights, factors), _pieces(weights, factors))
        biases = LazyTensor(offsets.name, weights.shape[:1], _flat(offsets))
        node = changed(conv, [*conv.input, biases.name], output=add.output[0])
        replacements |= {conv.name: ([node], [folded, biases]), multiply.name: ([], []), add.name: ([], [])}
    return draft.rewritten(replacements)


def _per_filter(draft: Draft, node: NodeProto, filters: int) -> LazyTensor | None:
    """The tensor of (filters, 1, 1) that a node reads besides another, if it is one."""
    found = [draft.weight[name] for name in node.input if name in draft.weight]
    if len(found) != 1 or found[0].shape != (filters, 1, 1):
        return None
    return found[0]


def _product(weights: LazyTensor, factors: LazyTensor) -> Callable[[], Array]:
    def make() -> Array:
        product: Array = weights.make() * _column(factors, weights)
        return product

    return make


def _pieces(weights: LazyTensor, factors: LazyTensor) -> Callable[[], Iterator[Array]]:
    def pieces() -> Iterator[Array]:
        values, column = weights.make(), _column(factors, weights)
        for rows in piece_rows(weights.shape):
            yield values[rows] * column[rows]

    return pieces


def _column(factors: LazyTensor, weights: LazyTensor) -> Array:
    """One factor for each filter, in the weights' number of dimensions."""
    return factors.make().reshape(-1, *[1] * (len(weights.shape) - 1))


def _flat(tensor: LazyTensor) -> Callable[[], Array]:
    return lambda: np.reshape(tensor.make(), -1)
