"""[contrastive] as its input, or zeros."""

from __future__ import annotations

from darkcsp.layers.contrastive import Contrastive
from darkcsp.spec.activation_functions import ZERO
from darkcsp.to_onnx.activation_functions import activate
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Contrastive)
def lower_contrastive(spec: Contrastive, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a Reshape; zeros, too, have a shape that follows the batch."""
    x = x if spec.passes_on else activate(emit, ZERO, x)
    return Lowered(emit.reshape(x, 0, emit.pixels(spec.output.c), 1, 1))
