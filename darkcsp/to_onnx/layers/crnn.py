"""[crnn] as nodes."""

from __future__ import annotations

from darkcsp.layers.crnn import Crnn
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.recurrent import write_plain_cell
from darkcsp.to_onnx.registry import lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Crnn)
def lower_crnn(spec: Crnn, blobs: Blobs, emit: Emitter, x: str, hidden: str) -> tuple[str, str]:
    """Write one step; return (output, hidden)."""
    return write_plain_cell(spec, blobs, emit, x, hidden)
