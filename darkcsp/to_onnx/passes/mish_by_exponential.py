"""Mish with one exponential: ONNX Runtime has no fast kernel for Softplus and Tanh.

x tanh(ln(1 + e^x)) becomes x n / (n + 2) with n = e (e + 2), e = exp(min(x, 20)), since
tanh(ln(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1) = n / (n + 2): the same function, without subtracting nearly equal
numbers.
"""

from __future__ import annotations

from onnx import TensorProto

from darkcsp.to_onnx.pattern import Match, Tensor, op
from darkcsp.to_onnx.replacement import Replacement, Substitute, small
from darkcsp.to_onnx.rewriting import Pass

LARGE = 20.0
"""From here on tanh(ln(1 + e^x)) is 1 in float32; without the limit e (e + 2) would overflow."""

X = Tensor()
PATTERN = op("Mul", X, op("Tanh", op("Softplus", X)))

TWO, LIMIT = "mish/two", "mish/limit"
CONSTANTS: tuple[TensorProto, ...] = (small(TWO, 2.0), small(LIMIT, LARGE))


def _by_exponential(match: Match) -> Replacement:
    x, new = match[X], Substitute(match.root)
    e = new.node("Exp", "e", new.node("Clip", "limited", x, "", LIMIT))
    n = new.node("Mul", "n", e, new.node("Add", "plus", e, TWO))
    ratio = new.node("Div", "ratio", n, new.node("Add", "below", n, TWO))
    return new.finish("Mul", x, ratio, constants=CONSTANTS)


PASS = Pass(
    "mish-by-exponential",
    "Mish by one exponential, without a logarithm and a hyperbolic tangent",
    patterns=(PATTERN,),
    rewrite=_by_exponential,
)
