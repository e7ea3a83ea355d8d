"""The pattern of learned numbers that are the same for every picture, as [implicit] and its relatives write them."""

from __future__ import annotations

from onnx import numpy_helper

from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op

ZERO, NUMBERS = Tensor(), Weight()

LEARNED = op("Add", op("Mul", op("Slice", Tensor(), ...), ZERO), NUMBERS)
"""The numbers plus a zero for each picture."""


def is_learned(match: Match) -> bool:
    """Tell whether what is added to the numbers is zero indeed."""
    factors = [numpy_helper.to_array(item) for item in match.draft.constants if item.name == match[ZERO]]
    return bool(factors) and not factors[0].any()
