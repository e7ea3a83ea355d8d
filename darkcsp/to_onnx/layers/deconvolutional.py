"""[deconvolutional] as nodes: ConvTranspose with batch normalisation folded in, and the activation."""

from __future__ import annotations

from darkcsp.arrays import Array
from darkcsp.layers.deconvolutional import Deconvolutional
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.folding import batchnorm_factors, folded_biases
from darkcsp.weightfile.weights import Blobs


@lowers(Deconvolutional)
def lower_deconvolutional(spec: Deconvolutional, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a transposed convolution."""
    weights = emit.weight("weights", spec.weights_shape, lambda: _weights(spec, blobs))
    biases = emit.weight("biases", (spec.filters,), lambda: folded_biases(blobs, spec.normalization))
    x = emit.node(
        "ConvTranspose",
        x,
        weights,
        biases,
        kernel_shape=[spec.size] * 2,
        strides=[spec.stride] * 2,
        pads=[spec.padding] * 4,
    )
    return Lowered(activate(emit, spec.activation, x))


def _weights(spec: Deconvolutional, blobs: Blobs) -> Array:
    """Weights times each filter's factor; the filters are the second dimension here."""
    if not spec.batch_normalize:
        return blobs["weights"]
    factor, _ = batchnorm_factors(blobs, spec.normalization)
    return blobs["weights"] * factor.reshape(1, -1, 1, 1)
