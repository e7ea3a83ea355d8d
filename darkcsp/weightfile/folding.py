"""Fold batch norm into the weights of the layer (fuse_conv_batchnorm in src/network.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.spec.batch_normalization import BatchNormalization
from darkcsp.weightfile.weights import Blobs


def batchnorm_factors(blobs: Blobs, rule: BatchNormalization) -> tuple[Array, Array]:
    """Return (factor, offset) of y = factor * x + offset for each channel, float32, computed in double as Darknet does.

    `blobs` holds scales, means, variances and biases, each of shape (channels,).
    """
    scales, means = blobs["scales"].astype(np.float64), blobs["means"].astype(np.float64)
    variances, biases = blobs["variances"].astype(np.float64), blobs["biases"].astype(np.float64)
    with np.errstate(all="ignore"):  # a damaged file gives NaN and infinities here, as in Darknet
        deviations = np.sqrt(variances) + rule.epsilon if rule.outside else np.sqrt(variances + rule.epsilon)
        factor = scales / deviations
        offset = biases - factor * means
        return factor.astype(np.float32), offset.astype(np.float32)


def times(weights: Array, factors: Array) -> Array:
    """Return the product, without NumPy's warnings about infinities and NaN from damaged files."""
    with np.errstate(over="ignore", invalid="ignore"):
        product: Array = weights * factors
    return product


def folded_weights(blobs: Blobs, rule: BatchNormalization) -> Array:
    """Return the weights, shape (channels, ...), times each channel's factor; unchanged if there is no batch norm."""
    weights = blobs["weights"]
    if "scales" not in blobs:
        return weights
    factor, _ = batchnorm_factors(blobs, rule)
    return times(weights, factor.reshape(-1, *[1] * (weights.ndim - 1)))


def folded_biases(blobs: Blobs, rule: BatchNormalization) -> Array:
    """Return each channel's offset, shape (channels,); the biases if there is no batch norm."""
    return batchnorm_factors(blobs, rule)[1] if "scales" in blobs else blobs["biases"]
