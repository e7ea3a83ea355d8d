"""What comes before the first layer: a picture's own bytes to planes of numbers."""

from __future__ import annotations

from onnx import TensorProto

from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.modelfile.forms import InputType
from darkcsp.to_onnx.emitter import Emitter

ELEMENTS: dict[InputType, int] = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8}

SCOPE = "picture"
BYTE = 255.0


def input_shape(graph: Graph, kind: InputType) -> tuple[int, ...]:
    """Return the shape of one picture as the model takes it. Raises ModelError where it can have no bytes."""
    c, h, w = graph.input
    if kind == "float32":
        return c, h, w
    if not graph.net.is_picture or c not in (1, 3):
        raise ModelError(graph.cfg.path, f"takes {c}x{h}x{w} numbers; only pictures of 3 channels, or 1, can be uint8")
    return h, w, c


def write_sides(emit: Emitter, images: str, kind: InputType) -> str:
    """Write the (height, width) of the pictures, int64."""
    emit.scope = SCOPE
    first = 2 if kind == "float32" else 1
    return emit.slice(emit.node("Shape", images), 0, first, first + 2)


def write_planes(emit: Emitter, images: str, channels: int) -> str:
    """Turn uint8 (batch, h, w, BGR or grey) into float32 (batch, RGB or grey, h, w), 0..1.

    See passes/fold_picture for what becomes of the last two steps.
    """
    emit.scope = SCOPE
    planes = emit.node("Transpose", images, perm=[0, 3, 1, 2])
    planes = emit.node("Cast", planes, to=TensorProto.FLOAT)
    if channels == 3:
        planes = emit.node("Gather", planes, emit.ints(2, 1, 0), axis=1)
    return emit.scalar("Mul", planes, 1 / BYTE)
