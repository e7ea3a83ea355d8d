"""How a program normalises with the statistics that it has gathered in training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from darkcsp.spec.program import Author, Program


class BatchNormalization(NamedTuple):
    """What keeps a channel without variance from a division by zero.

    Attributes:
        epsilon: a small number.
        outside: whether it is added to the standard deviation, sqrt(v) + epsilon, and not to the variance,
            sqrt(v + epsilon).
    """

    epsilon: float = 1e-5
    outside: bool = False


_RULES: Mapping[Author, BatchNormalization] = {
    "AlexeyAB": BatchNormalization(1e-5),
    "pjreddie": BatchNormalization(1e-6, outside=True),
}


def batch_normalization_of(program: Program) -> BatchNormalization:
    """Return how a program normalises (normalize_cpu in src/blas.c)."""
    return _RULES[program.author]
