"""Batch normalisation in the weights of the convolution before it (fuse_conv_batchnorm in src/network.c).

(w * x) f + o = (f w) * x + o; only the rounding of the products differs. Darknet does the same.
"""

from __future__ import annotations

from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, changed, reshaped, scaled
from darkcsp.to_onnx.rewriting import Pass

X, WEIGHTS, FACTORS, OFFSETS = Tensor(), Weight(), Weight(), Weight()
CONV = op("Conv", X, WEIGHTS)
PATTERN = op("Add", op("Mul", CONV, FACTORS), OFFSETS)


def _one_for_each_filter(match: Match) -> bool:
    return match[FACTORS].shape == match[OFFSETS].shape == (match[WEIGHTS].shape[0], 1, 1)


def _folded(match: Match) -> Replacement:
    weights, factors = match[WEIGHTS], match[FACTORS]
    product = scaled(weights, factors)
    biases = reshaped(match[OFFSETS], weights.shape[0])
    conv = changed(match[CONV], [match[X], product.name, biases.name], output=match.root.output[0])
    return Replacement([conv], [product, biases])


PASS = Pass(
    "fold-batchnorm",
    "batch normalisation becomes part of the convolution before it",
    patterns=(PATTERN,),
    where=(_one_for_each_filter,),
    rewrite=_folded,
)
