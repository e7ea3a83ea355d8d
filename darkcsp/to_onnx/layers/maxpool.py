"""[maxpool] as nodes, over windows and over depth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from darkcsp.layers.maxpool import Maxpool, MaxpoolDepth, Strip
from darkcsp.to_onnx.blur import write_blur
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs

OUTSIDE = float(np.finfo(np.float32).min)
"""What Darknet takes positions outside the picture to be (-FLT_MAX)."""

ALL = np.iinfo(np.int64).max
"""The end of any dimension."""


@lowers(Maxpool)
def lower_maxpool(spec: Maxpool, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write one MaxPool for each strip of columns, side by side."""
    if spec.zeros_outside:
        return Lowered(_pool_with_zeros(spec, emit, x))
    if emit.sides is None or spec.block:
        pooled = [_pool(spec, emit, x, strip) for strip in spec.strips]
        x = pooled[0] if len(pooled) == 1 else emit.node("Concat", *pooled, axis=3)
    else:
        x = _pool_padded(spec, emit, x, [spec.size] * 2, spec.open_pads)
    return Lowered(x) if spec.blur is None else write_blur(emit, spec.blur, spec.pooled, x)


def _pool(spec: Maxpool, emit: Emitter, x: str, strip: Strip) -> str:
    """Pool the columns that a strip's windows cover."""
    across, (top, left, bottom, _) = spec.stride[1], spec.pads
    width = strip.stop - strip.start
    if strip.lost == spec.size:
        return _nothing(spec, emit, x, width)
    first = strip.start * across - left + strip.lost
    last = (strip.stop - 1) * across - left + spec.size
    begin, end = max(first, 0), min(last, spec.input.w)
    if (begin, end) != (0, spec.input.w):
        x = emit.slice(x, 3, begin, end)
    kernel, pads = [spec.size, spec.size - strip.lost], [top, begin - first, max(bottom, 0), last - end]
    return _pool_padded(spec, emit, x, kernel, pads)


def _pool_padded(spec: Maxpool, emit: Emitter, x: str, kernel: Sequence[int], pads: Sequence[int]) -> str:
    if any(pad >= length for pad, length in zip(pads, [*kernel, *kernel], strict=True)):  # runtimes refuse such padding
        x = emit.node("Pad", x, emit.ints(0, 0, *pads[:2], 0, 0, *pads[2:]), emit.constant(OUTSIDE))
        pads = [0, 0, 0, 0]
    return emit.node("MaxPool", x, kernel_shape=kernel, strides=list(spec.stride), pads=pads)


def _pool_with_zeros(spec: Maxpool, emit: Emitter, x: str) -> str:
    """Pool with a row of zeros below and a column of zeros to the right.

    They are parts of the picture: ONNX Runtime takes Pad by 0 before MaxPool for MaxPool's own padding, which is not 0.
    """
    for axis in (2, 3):
        length = spec.input[axis - 1]
        last = emit.slice(x, axis, length - 1, length) if emit.sides is None else emit.slice(x, axis, -1, ALL)
        zeros = emit.node("Clip", last, emit.constant(0.0), emit.constant(0.0))
        x = emit.node("Concat", x, zeros, axis=axis)
    return emit.node("MaxPool", x, kernel_shape=[spec.size] * 2, strides=list(spec.stride))


def _nothing(spec: Maxpool, emit: Emitter, x: str, width: int) -> str:
    """Columns whose windows have no taps left: -FLT_MAX, in a shape that follows the batch."""
    zeros = emit.scalar("Mul", emit.node("ReduceMax", x, axes=[2, 3], keepdims=1), 0.0)
    return emit.node("Add", zeros, emit.constant(np.full((1, 1, spec.pooled.h, width), OUTSIDE)))


@lowers(MaxpoolDepth)
def lower_maxpool_depth(spec: MaxpoolDepth, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the maximum over slices of out_channels channels."""
    step, channels = spec.out_channels, spec.input.c
    whole, rest = divmod(channels, step)
    if not whole:
        return Lowered(emit.node("Pad", x, emit.ints(0, 0, 0, 0, 0, step - rest, 0, 0), emit.constant(OUTSIDE)))
    parts = emit.split(x, 1, [step] * whole + [rest] * (rest > 0))
    if rest:
        last = parts.pop()
        head, tail = emit.split(parts[0], 1, [rest, step - rest])
        parts[0] = emit.node("Concat", emit.node("Max", head, last), tail, axis=1)
    return Lowered(parts[0] if len(parts) == 1 else emit.node("Max", *parts))
