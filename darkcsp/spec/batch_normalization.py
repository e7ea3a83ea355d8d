"""How a program normalises with the statistics that it has gathered in training."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from darkcsp.spec.program import WONGKINYIUS, Program


class BatchNormalization(NamedTuple):
    """What keeps a channel without variance from a division by zero.

    Attributes:
        epsilon: a small number.
        outside: whether it is added to the standard deviation, sqrt(v) + epsilon, and not to the variance,
            sqrt(v + epsilon).
    """

    epsilon: float = 1e-5
    outside: bool = False


INSIDE = BatchNormalization(1e-5)


def batchnorm_names(prefix: str = "") -> dict[str, str]:
    """Return what a state_dict calls the blobs of a batch normalisation, behind `prefix`."""
    names = {"biases": "bias", "scales": "weight", "means": "running_mean", "variances": "running_var"}
    return {blob: prefix + name for blob, name in names.items()}


def batch_normalization_of(program: Program) -> BatchNormalization:
    """Return how a program normalises (normalize_kernel in src/blas_kernels.cu, normalize_cpu in src/blas.c)."""
    if program.author == "pjreddie" and program.on_cpu:
        return BatchNormalization(1e-6, outside=True)
    return BatchNormalization(1e-4) if program.author in WONGKINYIUS else INSIDE


class Normalizing(TypedDict):
    """The two fields of layers that can have batch normalisation."""

    batch_normalize: bool
    normalization: BatchNormalization


def normalizing(batch_normalize: bool, program: Program) -> Normalizing:
    """Return the fields; a layer without batch normalisation is the same in every program."""
    rule = batch_normalization_of(program) if batch_normalize else INSIDE
    return Normalizing(batch_normalize=batch_normalize, normalization=rule)
