"""[detection] as nodes: the layer as Darknet leaves it, and its detections."""

from __future__ import annotations

from darkcsp.layers.detection import Detection
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.grid import stretched_grid
from darkcsp.to_onnx.registry import Lowered, decodes, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Detection)
def lower_detection(spec: Detection, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write a softmax over each cell's classes where asked for; else the input as a vector."""
    if not spec.softmax:
        return Lowered(emit.reshape(x, 0, *spec.output))
    classes, objectness, boxes = _split(spec, emit, x)
    classes = emit.reshape(_probabilities(spec, emit, classes), 0, -1)
    return Lowered(emit.reshape(emit.node("Concat", classes, objectness, boxes, axis=1), 0, *spec.output))


@decodes(Detection)
def decode_detection(spec: Detection, network: Shape, emit: Emitter, raw: str) -> str:
    """Write boxes in rows: cell by cell from the top left, each cell's boxes in order (get_detection_detections)."""
    classes, objectness, boxes = _split(spec, emit, raw)
    xy, wh = emit.split(emit.reshape(boxes, 0, spec.boxes, 4), 2, [2, 2])
    scale, offset = stretched_grid(spec.side, spec.side, spec.per_cell)
    centre = emit.node("Add", emit.node("Mul", xy, emit.constant(scale)), emit.constant(offset))
    size = emit.node("Mul", wh, wh) if spec.sqrt else wh
    shared = emit.reshape(_probabilities(spec, emit, classes), 0, spec.side**2, 1, spec.classes)
    cells = emit.reshape(objectness, 0, spec.side**2, spec.per_cell, 1)
    scores = emit.reshape(emit.node("Mul", shared, cells), 0, spec.boxes, spec.classes)
    return emit.node("Concat", centre, size, emit.reshape(objectness, 0, spec.boxes, 1), scores, axis=2)


def _split(spec: Detection, emit: Emitter, x: str) -> list[str]:
    """All cells' classes, all boxes' objectness, all boxes' x, y, w, h: (N, values) each."""
    cells = spec.side**2
    return emit.split(emit.reshape(x, 0, -1), 1, [cells * spec.classes, spec.boxes, 4 * spec.boxes])


def _probabilities(spec: Detection, emit: Emitter, classes: str) -> str:
    if not spec.softmax:
        return classes
    return emit.node("Softmax", emit.reshape(classes, 0, spec.side**2, spec.classes), axis=2)
