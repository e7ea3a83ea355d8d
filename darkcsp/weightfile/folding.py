"""Batch normalisation folded into the weights before it (fuse_conv_batchnorm in src/network.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.spec.spec import Dialect
from darkcsp.weightfile.weights import Array, Blobs

EPSILON = 1e-5
"""AlexeyAB's program adds it to the variance."""

EPSILON_OUTSIDE = 1e-6
"""pjreddie's program adds it to the standard deviation."""


def batchnorm_factors(blobs: Blobs, dialect: Dialect) -> tuple[Array, Array]:
    """Return (factor, offset) of y = factor * x + offset for each channel, float32, computed in double as Darknet does.

    `blobs` holds scales, means, variances and biases, each of shape (channels,).
    """
    scales, means = blobs["scales"].astype(np.float64), blobs["means"].astype(np.float64)
    variances, biases = blobs["variances"].astype(np.float64), blobs["biases"].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):  # a broken file gives NaN here, as it does in Darknet
        deviations = np.sqrt(variances + EPSILON) if dialect == "AlexeyAB" else np.sqrt(variances) + EPSILON_OUTSIDE
        factor = scales / deviations
        offset = biases - factor * means
    return factor.astype(np.float32), offset.astype(np.float32)


def folded_weights(blobs: Blobs, dialect: Dialect) -> Array:
    """Return weights, of shape (channels, ...), times each channel's factor; as they are without batch norm."""
    weights = blobs["weights"]
    if "scales" not in blobs:
        return weights
    factor, _ = batchnorm_factors(blobs, dialect)
    return weights * factor.reshape(-1, *[1] * (weights.ndim - 1))


def folded_biases(blobs: Blobs, dialect: Dialect) -> Array:
    """Return each channel's offset; the biases as they are without batch norm."""
    return batchnorm_factors(blobs, dialect)[1] if "scales" in blobs else blobs["biases"]
