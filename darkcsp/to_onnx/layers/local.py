"""[local] as nodes: the windows side by side as channels, and a grouped 1x1 Conv with a group for each of them."""

from __future__ import annotations

from itertools import product

import numpy as np

from darkcsp.layers.local import Local
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Local)
def lower_local(spec: Local, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the windows and their products. The Conv's output has position by position all filters."""
    positions, filters, values = spec.positions, spec.filters, spec.input.c * spec.size**2
    weights = emit.weight(
        "weights", (positions * filters, values, 1, 1), lambda: blobs["weights"].reshape(-1, values, 1, 1)
    )
    biases = emit.weight(
        "biases",
        (positions * filters,),
        lambda: np.ascontiguousarray(blobs["biases"].reshape(filters, positions).T).reshape(-1),
    )
    windows = emit.reshape(_windows(spec, emit, x), 0, positions * values, 1, 1)
    y = emit.node("Conv", windows, weights, biases, kernel_shape=[1, 1], group=positions)
    y = emit.node("Transpose", emit.reshape(y, 0, positions, filters), perm=[0, 2, 1])
    return Lowered(activate(emit, spec.activation, emit.reshape(y, 0, *spec.output)))


def _windows(spec: Local, emit: Emitter, x: str) -> str:
    """Write (N, positions, values of a window): a strided Slice for each tap, side by side."""
    _, h, w = spec.output
    if spec.padding:
        x = emit.node("Pad", x, emit.ints(0, 0, *[spec.padding] * 2, 0, 0, *[spec.padding] * 2), emit.constant(0.0))
    taps = []
    for row, column in product(range(spec.size), repeat=2):
        rows = emit.slice(x, 2, row, row + (h - 1) * spec.stride + 1, spec.stride)
        tap = emit.slice(rows, 3, column, column + (w - 1) * spec.stride + 1, spec.stride)
        taps.append(emit.reshape(tap, 0, spec.input.c, 1, spec.positions))
    together = taps[0] if len(taps) == 1 else emit.node("Concat", *taps, axis=2)
    return emit.node("Transpose", emit.reshape(together, 0, -1, spec.positions), perm=[0, 2, 1])
