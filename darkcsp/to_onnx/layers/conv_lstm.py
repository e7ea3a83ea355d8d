"""[conv_lstm] as nodes."""

from __future__ import annotations

import numpy as np

from darkcsp.layers.conv_lstm import ConvLstm
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.recurrent import PartWriter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ConvLstm)
def lower_conv_lstm(spec: ConvLstm, blobs: Blobs, emit: Emitter, x: str, hidden: str, cell: str) -> Lowered:
    """Write one step; the states are hidden and cell."""
    part = PartWriter(spec, blobs, emit)

    def gate(name: str) -> str:
        state = [] if spec.bottleneck else [(f"w{name}", hidden)]
        return part.total(*state, (f"u{name}", x), (f"v{name}", cell))

    if spec.bottleneck:
        x = activate(emit, spec.cell_activation, part("wf", emit.node("Concat", hidden, x, axis=1)))
    f, i = emit.node("Sigmoid", gate("f")), emit.node("Sigmoid", gate("i"))
    added = emit.node("Mul", i, activate(emit, spec.cell_activation, gate("g")))
    cell = emit.node("Add", emit.node("Mul", f, cell), added)
    o = emit.node("Sigmoid", gate("o"))
    hidden = emit.node("Mul", o, activate(emit, spec.cell_activation, cell))
    if spec.state_constrain:
        limit = float(spec.state_constrain)
        cell = emit.node("Clip", cell, emit.constant(-limit), emit.constant(limit))
    output = _shortened(spec, emit, hidden, x) if spec.shortcut else hidden
    return Lowered(output, states=(hidden, cell))


def _shortened(spec: ConvLstm, emit: Emitter, hidden: str, joined: str) -> str:
    """Add what the gates have read to the first half of the values."""
    size = spec.output.size
    half = (np.arange(size) < size // 2).reshape(1, *spec.output)
    return emit.node("Add", hidden, emit.node("Mul", joined, emit.constant(half)))
