"""The antialiasing blur as nodes."""

from __future__ import annotations

import numpy as np

from darkcsp.spec.blur import Blur
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered


def write_blur(emit: Emitter, blur: Blur, shape: Shape, x: str) -> Lowered:
    """Write the filter over x, (N, c, h, w) of `shape`, which hands down the blurred picture.

    The buffer is x with its first values overwritten by the blurred picture, as Darknet's memory has it.
    """
    kernel = np.broadcast_to(np.array(blur.kernel, np.float32), (shape.c, 1, blur.size, blur.size))
    blurred = emit.node(
        "Conv",
        x,
        emit.constant(np.ascontiguousarray(kernel)),
        kernel_shape=[blur.size] * 2,
        strides=list(blur.stride),
        pads=[blur.padding] * 4,
        group=shape.c,
    )
    if emit.sides is not None:
        return Lowered(blurred, _open_buffer(emit, x, blurred))
    rest = emit.slice(emit.reshape(x, 0, -1), 1, blur.output(shape).size, shape.size)
    joined = emit.node("Concat", emit.reshape(blurred, 0, -1), rest, axis=1)
    return Lowered(blurred, emit.reshape(joined, 0, *shape))


def _open_buffer(emit: Emitter, x: str, blurred: str) -> str:
    """Write the buffer for pictures of any size."""
    first = emit.reshape(blurred, 0, -1)
    start = emit.slice(emit.node("Shape", first), 0, 1, 2)
    end = emit.ints(np.iinfo(np.int64).max)
    rest = emit.node("Slice", emit.reshape(x, 0, -1), start, end, emit.ints(1))
    return emit.reshape_as(emit.node("Concat", first, rest, axis=1), (), x)
