"""Convolutions with strides as products of matrices: OpenCV's kernels for these are slow.

A convolution with a stride of 2 or more becomes the product of its weights with columns of what each filter sees.
These are cut out of the padded input, one Slice for each place of the kernel, and stand in the order (place, channel).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from darkcsp.modelfile.index import attribute
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, Substitute, derived, reshaped
from darkcsp.to_onnx.rewriting import Pass

X, WEIGHTS, BIASES = Tensor(), Weight(), Weight()
PATTERN = op("Conv", X, WEIGHTS, BIASES)


def _plain(match: Match) -> bool:
    return attribute(match.root, "group", 1) == 1 and set(attribute(match.root, "dilations", [1])) == {1}


def _strided(match: Match) -> bool:
    return min(_strides(match)) >= 2 and min(match[WEIGHTS].shape[2:]) >= 2


def _slower_as_convolution(match: Match) -> bool:
    return match[WEIGHTS].shape[1] not in match.draft.kernels.strided


def _of_known_size(match: Match) -> bool:
    return min(match.draft.size(match.root.output[0])) > 0


def _strides(match: Match) -> Sequence[int]:
    strides: Sequence[int] = attribute(match.root, "strides", [1, 1])
    return strides


def _product(match: Match) -> Replacement:
    filters, channels, *kernel = match[WEIGHTS].shape
    height, width = match.draft.size(match.root.output[0])
    depth = kernel[0] * kernel[1] * channels
    weights = derived(
        match[WEIGHTS], (1, filters, depth), lambda values: values.transpose(0, 2, 3, 1).reshape(1, filters, depth)
    )
    biases = reshaped(match[BIASES], 1, filters, 1)
    new = Substitute(match.root)
    x = new.node("Concat", "seen", *_places(match, new, _padded(match, new)), axis=1)
    x = new.node("Reshape", "columns", x, new.constant("flat", [0, depth, height * width], np.int64))
    x = new.node("MatMul", "product", weights.name, x)
    x = new.node("Add", "sum", x, biases.name)
    shape = new.constant("picture", [0, filters, height, width], np.int64)
    return new.finish("Reshape", x, shape, weights=[weights, biases])


def _padded(match: Match, new: Substitute) -> str:
    top, left, bottom, right = attribute(match.root, "pads", [0, 0, 0, 0])
    if not any((top, left, bottom, right)):
        return match[X]
    pads = new.constant("pads", [0, 0, top, left, 0, 0, bottom, right], np.int64)
    return new.node("Pad", "padded", match[X], pads, new.constant("zero", 0.0))


def _places(match: Match, new: Substitute, x: str) -> Iterator[str]:
    """Yield, for each place of the kernel, what every filter sees there: (N, c, height, width)."""
    (down, across), (height, width) = _strides(match), match.draft.size(match.root.output[0])
    rows, columns = match[WEIGHTS].shape[2:]
    for row in range(rows):
        line = _every(new, x, f"row{row}", 2, row, down, height)
        for column in range(columns):
            yield _every(new, line, f"place{row}.{column}", 3, column, across, width)


def _every(new: Substitute, x: str, name: str, axis: int, first: int, step: int, count: int) -> str:
    """Take `count` rows or columns, each `step` after the one before."""
    bounds = {"from": first, "to": first + (count - 1) * step + 1, "axis": axis, "step": step}
    return new.node(
        "Slice", name, x, *(new.constant(f"{name}/{key}", [value], np.int64) for key, value in bounds.items())
    )


PASS = Pass(
    "strided-matmul",
    "convolutions with strides become products of matrices",
    patterns=(PATTERN,),
    where=(_plain, _strided, _slower_as_convolution, _of_known_size),
    rewrite=_product,
    int8="never",
)
