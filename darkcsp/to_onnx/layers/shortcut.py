"""[shortcut] as nodes."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.layers.shortcut import Shortcut
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs

EPSILON = 1e-4
"""What Darknet adds to the sum that normalises the factors."""

LEAST = 1e-3
"""What relu becomes when Darknet fixes the factors for inference (lrelu in src/network.c)."""


@lowers(Shortcut)
def lower_shortcut(spec: Shortcut, blobs: Blobs, emit: Emitter, x: str, *others: str) -> Lowered:
    """Write the sum of the sources, each brought to the first one's shape."""
    shapes = spec.inputs[1:]
    fitted = [_fit(emit, other, shape, spec.input) for other, shape in zip(others, shapes, strict=True)]
    if (spec.alpha, spec.beta) != (1.0, 1.0):
        covered = emit.constant(np.where(_covered(shapes[0], spec.input), spec.alpha, 1.0))
        x, fitted = emit.node("Mul", x, covered), [emit.scalar("Mul", fitted[0], spec.beta)]
    terms = [x, *fitted]
    if spec.blobs:
        factors = _factors(spec, blobs["weights"])
        terms = [emit.node("Mul", term, emit.constant(factor)) for term, factor in zip(terms, factors, strict=True)]
    total = terms[0]
    for term in terms[1:]:
        total = emit.node("Add", total, term)
    return Lowered(activate(emit, spec.activation, total))


def _factors(spec: Shortcut, weights: Array) -> Array:
    """Normalised factors, (sources, 1, 1 or c, 1, 1)."""
    weights = weights.astype(np.float32)
    if spec.weights_normalization == "logistic":
        factors = 2 / len(weights) / (1 + np.exp(-weights.astype(np.float64)))
        return factors[:, None, :, None, None].astype(np.float32)
    if spec.weights_normalization == "relu":
        weights = np.maximum(weights, np.float32(LEAST))
    elif spec.weights_normalization == "softmax":
        weights = np.exp(weights - weights.max(0, keepdims=True))
    if spec.weights_normalization != "none":
        weights = weights / (weights.sum(0, keepdims=True) + np.float32(EPSILON))
    return weights[:, None, :, None, None]


def _fit(emit: Emitter, x: str, shape: Shape, like: Shape) -> str:
    """Bring a source to the shape of the layer above: sample or spread it, cut or zero-fill its channels."""
    if (shape.h, shape.w) != (like.h, like.w):
        x = _resample(emit, x, shape, like)
    if shape.c > like.c:
        return emit.slice(x, 1, 0, like.c)
    if shape.c < like.c:
        return emit.node("Pad", x, emit.ints(0, 0, 0, 0, 0, like.c - shape.c, 0, 0), emit.constant(0.0))
    return x


def _resample(emit: Emitter, x: str, shape: Shape, like: Shape) -> str:
    """pjreddie's shortcut_cpu: every stride-th value of a larger source, a smaller one spread with zeros between."""
    stride = shape.h // like.h
    if stride >= 1:
        rows = emit.slice(x, 2, 0, like.h * stride, stride)
        return emit.slice(rows, 3, 0, like.w * stride, stride)
    step = like.h // shape.h
    spread = emit.node("Resize", x, "", emit.constant([1, 1, step, step]), mode="nearest", nearest_mode="floor",
                       coordinate_transformation_mode="asymmetric")  # fmt: skip
    missing = (like.h - shape.h * step, like.w - shape.w * step)
    if any(missing):
        spread = emit.node("Pad", spread, emit.ints(0, 0, 0, 0, 0, 0, *missing), emit.constant(0.0))
    corners = _covered(shape._replace(c=1), like._replace(c=1))
    return emit.node("Mul", spread, emit.constant(corners))


def _covered(shape: Shape, like: Shape) -> Array:
    """1 where a source of `shape` reaches the output, (1, c, h, w) of `like`."""
    mask = np.zeros((1, *like), np.float32)
    step = max(like.h // shape.h, 1)
    mask[:, : shape.c, : min(shape.h, like.h) * step : step, : min(shape.w, like.w) * step : step] = 1
    return mask
