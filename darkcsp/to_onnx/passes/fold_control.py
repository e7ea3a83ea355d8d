"""Learned factors of a convolution's filters, in its weights and biases ([control_channels] of yolor's cfgs).

m (w * x + b) = (m w) * x + m b; only the rounding of the products differs.
"""

from __future__ import annotations

from darkcsp.to_onnx.learned import LEARNED, NUMBERS, is_learned
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, changed, derived
from darkcsp.to_onnx.rewriting import Pass

X, WEIGHTS, BIASES = Tensor(), Weight(), Weight()
CONV = op("Conv", X, WEIGHTS, BIASES)
PATTERN = op("Mul", CONV, LEARNED)


def _one_for_each_filter(match: Match) -> bool:
    return match[NUMBERS].shape == (1, match[WEIGHTS].shape[0], 1, 1)


def _folded(match: Match) -> Replacement:
    weights, biases, factors = match[WEIGHTS], match[BIASES], match[NUMBERS]
    column = (-1, *[1] * (len(weights.shape) - 1))
    scaled = derived(weights, weights.shape, lambda values: values * factors.make().reshape(column))
    moved = derived(biases, biases.shape, lambda values: values * factors.make().reshape(-1))
    conv = changed(match[CONV], [match[X], scaled.name, moved.name], output=match.root.output[0])
    return Replacement([conv], [scaled, moved])


PASS = Pass(
    "fold-control",
    "learned factors after a convolution become part of its weights and biases",
    patterns=(PATTERN,),
    where=(is_learned, _one_for_each_filter),
    rewrite=_folded,
)
