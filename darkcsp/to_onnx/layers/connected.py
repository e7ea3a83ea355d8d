"""[connected] as nodes: Gemm with batch normalisation folded in, and the activation."""

from __future__ import annotations

from darkcsp.layers.connected import Connected
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.folding import folded_biases, folded_weights
from darkcsp.weightfile.weights import Blobs


@lowers(Connected)
def lower_connected(spec: Connected, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Gemm on the flattened input."""
    weights = emit.weight("weights", (spec.outputs, spec.input.size), lambda: folded_weights(blobs, spec.normalization))
    biases = emit.weight("biases", (spec.outputs,), lambda: folded_biases(blobs, spec.normalization))
    y = emit.node("Gemm", emit.reshape(x, 0, spec.input.size), weights, biases, transB=1)
    return Lowered(activate(emit, spec.activation, emit.reshape(y, 0, *spec.output)))
