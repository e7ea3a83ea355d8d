"""[activation] as nodes."""

from __future__ import annotations

from darkcsp.layers.activation import ActivationLayer
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(ActivationLayer)
def lower_activation(spec: ActivationLayer, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the function."""
    return Lowered(activate(emit, spec.activation, x))
