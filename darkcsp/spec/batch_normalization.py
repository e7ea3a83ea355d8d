"""How a program applies batch norm with the statistics gathered in training."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from darkcsp.spec.program import WONGKINYIUS, Program


class BatchNormalization(NamedTuple):
    """The epsilon of batch norm, which avoids a division by zero in channels without variance.

    Attributes:
        epsilon: a small positive number.
        outside: whether it is added to the standard deviation, sqrt(v) + epsilon, rather than to the variance,
            sqrt(v + epsilon).
    """

    epsilon: float = 1e-5
    outside: bool = False


INSIDE = BatchNormalization(1e-5)


def batchnorm_names(prefix: str = "") -> dict[str, str]:
    """Return the names of batch norm's blobs in a state_dict, each with `prefix`."""
    names = {"biases": "bias", "scales": "weight", "means": "running_mean", "variances": "running_var"}
    return {blob: prefix + name for blob, name in names.items()}


def batch_normalization_of(program: Program) -> BatchNormalization:
    """Return a program's batch norm (normalize_kernel in src/blas_kernels.cu, normalize_cpu in src/blas.c)."""
    if program.author == "pjreddie" and program.on_cpu:
        return BatchNormalization(1e-6, outside=True)
    return BatchNormalization(1e-4) if program.author in WONGKINYIUS else INSIDE


class Normalizing(TypedDict):
    """The two fields of layers with optional batch norm."""

    batch_normalize: bool
    normalization: BatchNormalization


def normalizing(batch_normalize: bool, program: Program) -> Normalizing:
    """Return the fields; without batch norm they are the same for every program."""
    rule = batch_normalization_of(program) if batch_normalize else INSIDE
    return Normalizing(batch_normalize=batch_normalize, normalization=rule)
