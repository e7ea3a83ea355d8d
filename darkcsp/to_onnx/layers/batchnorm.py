"""[batchnorm] as nodes."""

from __future__ import annotations

import numpy as np

from darkcsp.layers.batchnorm import Batchnorm
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.folding import batchnorm_factors
from darkcsp.weightfile.weights import Blobs


@lowers(Batchnorm)
def lower_batchnorm(spec: Batchnorm, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Mul and an Add for each channel: what every runtime merges into a neighbouring convolution."""
    no_biases = {"biases": np.zeros(spec.input.c, np.float32)}
    factor, offset = batchnorm_factors({**no_biases, **blobs}, spec.normalization)
    scaled = emit.node("Mul", x, emit.constant(factor.reshape(1, -1, 1, 1)))
    return Lowered(emit.node("Add", scaled, emit.constant(offset.reshape(1, -1, 1, 1))))
