"""[activation] as nodes."""

from __future__ import annotations

from darkcsp.layers.activation import ActivationLayer
from darkcsp.to_onnx.activations import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ActivationLayer)
def lower_activation(spec: ActivationLayer, blobs: Blobs, emit: Emitter, x: str) -> str:
    """Write the function."""
    return activate(emit, spec.activation, x)
