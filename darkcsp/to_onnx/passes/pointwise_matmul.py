"""1x1 convolutions as products of matrices: OpenCV's classic engine has a kernel for these that is twice as fast.

A convolution (n, c) of (N, c, h, w) becomes the product with (N, c, h w), plus the bias, as (N, n, h, w).
"""

from __future__ import annotations

from math import prod

import numpy as np

from darkcsp.modelfile.index import attribute
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, Substitute, reshaped
from darkcsp.to_onnx.rewriting import Pass

LEAST = 16
"""Pixels from which on a product is faster: the engine copies its weights for each picture."""

X, WEIGHTS, BIASES = Tensor(), Weight(), Weight()
PATTERN = op("Conv", X, WEIGHTS, BIASES)


def _pointwise(match: Match) -> bool:
    return match[WEIGHTS].shape[2:] == (1, 1) and attribute(match.root, "group", 1) == 1


def _neither_strides_nor_pads(match: Match) -> bool:
    return set(attribute(match.root, "strides", [1])) == {1} and not any(attribute(match.root, "pads", [0]))


def _of_many_pixels(match: Match) -> bool:
    return prod(match.draft.size(match.root.output[0])) >= LEAST


def _product(match: Match) -> Replacement:
    filters, channels = match[WEIGHTS].shape[:2]
    height, width = match.draft.size(match.root.output[0])
    matrix, column = reshaped(match[WEIGHTS], 1, filters, channels), reshaped(match[BIASES], 1, filters, 1)
    new = Substitute(match.root)
    x = new.node("Reshape", "columns", match[X], new.constant("flat", [0, channels, height * width], np.int64))
    x = new.node("MatMul", "product", matrix.name, x)
    x = new.node("Add", "sum", x, column.name)
    shape = new.constant("picture", [0, filters, height, width], np.int64)
    return new.finish("Reshape", x, shape, weights=[matrix, column])


PASS = Pass(
    "pointwise-matmul",
    "1x1 convolutions become products of matrices",
    patterns=(PATTERN,),
    where=(_pointwise, _neither_strides_nor_pads, _of_many_pixels),
    rewrite=_product,
    int8="never",
)
