"""How a program normalises with the statistics that it has gathered in training."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.spec.program import Program


class BatchNormalization(NamedTuple):
    """What keeps a channel without variance from a division by zero.

    Attributes:
        epsilon: a small number.
        outside: whether it is added to the standard deviation, sqrt(v) + epsilon, and not to the variance,
            sqrt(v + epsilon).
    """

    epsilon: float = 1e-5
    outside: bool = False


def batch_normalization_of(program: Program) -> BatchNormalization:
    """Return how a program normalises (normalize_kernel in src/blas_kernels.cu, normalize_cpu in src/blas.c)."""
    if program == Program("pjreddie", "cpu"):
        return BatchNormalization(1e-6, outside=True)
    return BatchNormalization(1e-5)
