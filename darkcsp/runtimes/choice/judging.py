"""Decides whether engines are right: ONNX Runtime is the judge, and each precision has its own tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from darkcsp.arrays import Array
from darkcsp.modelfile.forms import CONFIDENCE, Precision
from darkcsp.modelfile.metadata import Metadata

CLOSE = 1e-3
"""Absolute and relative tolerance between two engines that compute the same in float32."""

_STRAY = 1e-3
"""Share of values that may differ by more, because an internal threshold passes them in one engine only."""

_SPREAD: Mapping[Precision, float] = {"fp16": 0.01, "int8": 0.1}
"""Tolerance between two engines in lower precision, where each rounds at different places: root mean square difference,
relative to the standard deviation of the values.

Measured on the default model and three small checkpoints, between ONNX Runtime, OpenVINO and OpenCV's classic engine:
at most 0.0002 in float16, 0.04 in int8. OpenCV's new engine, which finds boxes from nowhere in one of these int8
models, reaches 0.24 there; a model whose depthwise layers have channels exchanged, 0.2 and more.
"""

_NEAR_ZERO = 0.1
"""Added to the standard deviation for outputs that hardly vary, such as the probabilities of a thousand classes."""

_FINAL = 0.3
"""Tolerance for the mean difference of the confidences of final boxes: a box that one engine lacks counts as 0, and one
or two that are close to the threshold come and go."""


def needs_judge(outputs: Sequence[Sequence[Array]], metadata: Metadata) -> bool:
    """Return whether the judge must decide which engines are right, given the outputs of each.

    In int8 and float16, always: engines fuse such models in their own ways, with immature code that the engines of one
    backend partly share. In float32, two engines that agree are believed: they have few kernels in common, and the
    judge costs another load of the model. A single engine is not believed without confirmation, nor are outputs with
    NaN or infinite values.
    """
    first, *others = outputs
    if metadata.precision != "fp32" or not others:
        return True
    is_sound = all(np.isfinite(array).all() for array in first)
    return not is_sound or not all(agree(first, other, metadata) for other in others)


def agree(one: Sequence[Array], other: Sequence[Array], metadata: Metadata) -> bool:
    """Return whether two engines gave the same outputs for a picture, up to the rounding of the model's precision."""
    if len(one) != len(other):
        return False
    if metadata.precision == "fp32":
        alike = _values_alike
    elif metadata.suppression is not None:
        alike = _boxes_alike
    else:
        alike = partial(_spread_alike, most=_SPREAD[metadata.precision])
    return all(alike(a, b) for a, b in zip(one, other, strict=True))


def _values_alike(one: Array, other: Array) -> bool:
    """Compare float32 outputs, value by value."""
    if one.shape != other.shape:
        return False
    apart = ~np.isclose(one, other, rtol=CLOSE, atol=CLOSE, equal_nan=True)
    return bool(np.count_nonzero(apart) <= _STRAY * one.size)


def _spread_alike(one: Array, other: Array, most: float) -> bool:
    """Compare outputs of lower precision, all values together."""
    finite = np.isfinite(one)
    if one.shape != other.shape or not np.array_equal(finite, np.isfinite(other)):
        return False
    a, b = one[finite].astype(np.float64), other[finite].astype(np.float64)
    return not a.size or bool(np.sqrt(np.mean((a - b) ** 2)) <= most * (a.std() + _NEAR_ZERO))


def _boxes_alike(one: Array, other: Array) -> bool:
    """Compare the confidences of final boxes of lower precision, the most confident first; their numbers may differ."""
    count = max(len(one), len(other))
    first, second = (np.pad(-np.sort(-boxes[:, CONFIDENCE]), (0, count - len(boxes))) for boxes in (one, other))
    return not count or bool(np.abs(first - second).mean() <= _FINAL)
