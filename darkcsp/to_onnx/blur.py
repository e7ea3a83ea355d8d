"""The antialiasing blur as nodes."""

from __future__ import annotations

import numpy as np

from darkcsp.spec.blur import Blur
from darkcsp.spec.spec import Shape
from darkcsp.to_onnx.emitter import Emitter


def write_blur(emit: Emitter, blur: Blur, shape: Shape, x: str) -> tuple[str, str]:
    """Write the filter over x, (N, c, h, w) of `shape`; return (buffer, blurred).

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
    rest = emit.slice(emit.reshape(x, 0, -1), 1, blur.output(shape).size, shape.size)
    joined = emit.node("Concat", emit.reshape(blurred, 0, -1), rest, axis=1)
    return emit.reshape(joined, 0, *shape), blurred
