"""[convolutional] as nodes: Conv, batch normalisation, the activation, the blur."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from onnx import TensorProto

from darkcsp.arrays import Array
from darkcsp.layers.convolutional import Binarization, Convolutional
from darkcsp.modelfile.writing import piece_rows
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.blur import write_blur
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.folding import batchnorm_factors, folded_biases, folded_weights
from darkcsp.weightfile.weights import Blobs, rows_of


@lowers(Convolutional)
def lower_convolutional(spec: Convolutional, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a convolution."""
    strides, padding = spec.stride, spec.padding * spec.dilation
    if spec.reads_in_order:
        x, strides, padding = _first_floats(spec, emit, x), (1, 1), 0
    if spec.binarization and spec.binarization.inputs:
        x, padding = _signs(emit, x, padding, spec.binarization), 0
    x = _convolve(spec, blobs, emit, x, strides, padding)
    x = activate(emit, spec.activation, x)
    return Lowered(x) if spec.blur is None else write_blur(emit, spec.blur, spec.convolved, x)


def _convolve(spec: Convolutional, blobs: Blobs, emit: Emitter, x: str, strides: tuple[int, int], padding: int) -> str:
    """Write Conv with a bias, or with a factor and an offset of each filter behind it (see passes/fold_batchnorm).

    Binarised weights have their factors in them already.
    """
    normalized = "scales" in blobs and not spec.binarization
    pieces = None if spec.binarization else partial(_weights_by_rows, spec, blobs)
    inputs = [emit.weight("weights", spec.weights_shape, lambda: _weights(spec, blobs), pieces)]
    if not normalized:
        inputs.append(emit.weight("biases", (spec.filters,), lambda: folded_biases(blobs, spec.normalization)))
    x = emit.node(
        "Conv",
        x,
        *inputs,
        kernel_shape=[spec.size] * 2,
        strides=list(strides),
        pads=[padding] * 4,
        dilations=[spec.dilation] * 2,
        group=spec.groups,
    )
    if not normalized:
        return x
    shape = (spec.filters, 1, 1)
    factors = emit.weight("factors", shape, lambda: batchnorm_factors(blobs, spec.normalization)[0].reshape(shape))
    offsets = emit.weight("biases", shape, lambda: batchnorm_factors(blobs, spec.normalization)[1].reshape(shape))
    return emit.node("Add", emit.node("Mul", x, factors), offsets)


def _weights(spec: Convolutional, blobs: Blobs) -> Array:
    if not spec.binarization:
        return blobs["weights"]
    if spec.binarization.folded:
        return _binary(folded_weights(blobs, spec.normalization))
    return folded_weights({**blobs, "weights": _binary(blobs["weights"])}, spec.normalization)


def _weights_by_rows(spec: Convolutional, blobs: Blobs) -> Iterator[Array]:
    return (rows_of(blobs, "weights", rows) for rows in piece_rows(spec.weights_shape))


def _binary(weights: Array) -> Array:
    """Each filter's mean absolute weight, with the signs of the weights; 0 counts as negative."""
    magnitude = np.abs(weights).mean((1, 2, 3), keepdims=True, dtype=np.float32)
    signed: Array = np.where(weights > 0, magnitude, -magnitude)
    return signed


def _first_floats(spec: Convolutional, emit: Emitter, x: str) -> str:
    """Take the first floats of each group of channels as a picture of the output's size."""
    count = spec.input.c // spec.groups * spec.convolved.h * spec.convolved.w
    flat = emit.slice(emit.reshape(x, 0, spec.groups, -1), 2, 0, count)
    return emit.reshape(flat, 0, spec.input.c, spec.convolved.h, spec.convolved.w)


def _signs(emit: Emitter, x: str, padding: int, how: Binarization) -> str:
    """1 where x is above 0, -1 where it is below, and what counts as such beyond the edges of the picture."""
    comparison, sign = ("Less", -1.0) if how.sign_of_zero > 0 else ("Greater", 1.0)
    found = emit.node("Cast", emit.node(comparison, x, emit.constant(0.0)), to=TensorProto.FLOAT)
    signs = emit.scalar("Sub", emit.scalar("Mul", found, 2.0 * sign), sign)
    if not padding:
        return signs
    pads = emit.ints(0, 0, padding, padding, 0, 0, padding, padding)
    return emit.node("Pad", signs, pads, emit.constant(how.outside))
