"""[normalization] as nodes. ONNX has LRN, but with another window and another alpha."""

from __future__ import annotations

import numpy as np

from darkcsp.layers.normalization import Normalization
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Normalization)
def lower_normalization(spec: Normalization, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the sums over channels as a 1x1 Conv of the squares, then Pow and Mul."""
    kernel = emit.constant(spec.alpha * np.array(spec.taps)[:, :, None, None])
    kappa = emit.constant(np.full(spec.input.c, spec.kappa))
    norms = emit.node("Conv", emit.node("Mul", x, x), kernel, kappa, kernel_shape=[1, 1])
    return Lowered(emit.node("Mul", x, emit.scalar("Pow", norms, -spec.beta)))
