"""Whether engines are right: ONNX Runtime is the judge, and each precision has its measure of agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from darkcsp.arrays import Array
from darkcsp.modelfile.forms import CONFIDENCE, Precision
from darkcsp.modelfile.metadata import Metadata

CLOSE = 1e-3
"""How far values of two engines may lie apart, absolutely or relatively, where they calculate the same in float32."""

_STRAY = 1e-3
"""Share of values that may lie further apart: those that a threshold on the way lets through here and not there."""

_SPREAD: Mapping[Precision, float] = {"fp16": 0.01, "int8": 0.1}
"""How far outputs of two engines may lie apart in lower precision, where each rounds at other places: root mean square,
as a part of the values' standard deviation.

Measured on the default model and three small checkpoints, between ONNX Runtime, OpenVINO and OpenCV's classic engine:
at most 0.0002 in float16, 0.04 in int8. OpenCV's new engine, which finds boxes from nowhere in one of these int8
models, reaches 0.24 there; a model whose depthwise layers have channels exchanged, 0.2 and more.
"""

_NEAR_ZERO = 0.1
"""The part of that which outputs may lie apart that hardly vary at all, such as probabilities of a thousand classes."""

_FINAL = 0.3
"""How far the confidences of final boxes may lie apart on average: a box that one engine lacks has 0, and one or two
that are close to the threshold come and go."""


def needs_judge(outputs: Sequence[Sequence[Array]], metadata: Metadata) -> bool:
    """Tell whether the judge must be asked which engines are right, given the outputs of each.

    In int8 and float16, always: engines fuse such models as they like, by code that is young, and those of one backend
    share a part of it. In float32 two engines that agree are believed: they have few kernels in common, and the judge
    costs another load of the model. One that no other confirms is not believed, nor are values that are no numbers.
    """
    first, *others = outputs
    if metadata.precision != "fp32" or not others:
        return True
    is_sound = all(np.isfinite(array).all() for array in first)
    return not is_sound or not all(agree(first, other, metadata) for other in others)


def agree(one: Sequence[Array], other: Sequence[Array], metadata: Metadata) -> bool:
    """Tell whether two engines gave the same outputs for one picture, but for the rounding of the model's precision."""
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
    """Compare the confidences of final boxes of lower precision, the most certain first; their numbers may differ."""
    count = max(len(one), len(other))
    first, second = (np.pad(-np.sort(-boxes[:, CONFIDENCE]), (0, count - len(boxes))) for boxes in (one, other))
    return not count or bool(np.abs(first - second).mean() <= _FINAL)
