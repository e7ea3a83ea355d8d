"""[crnn] as nodes."""

from __future__ import annotations

from darkcsp.layers.crnn import Crnn
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.recurrent import PartWriter, write_plain_cell
from darkcsp.to_onnx.registry import Lowered, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Crnn)
def lower_crnn(spec: Crnn, blobs: Blobs, emit: Emitter, x: str, hidden: str) -> Lowered:
    """Write one step."""
    return write_plain_cell(PartWriter(spec, blobs, emit), spec.shortcut, x, hidden)
