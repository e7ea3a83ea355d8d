"""[Gaussian_yolo] as nodes: the layer as Darknet leaves it, and its detections."""

from __future__ import annotations

from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.grid import grid_of
from darkcsp.to_onnx.registry import Lowered, decodes, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(GaussianYolo)
def lower_gaussian_yolo(spec: GaussianYolo, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the logistic of everything but w and h, and the stretch of x and y."""
    c, h, w = spec.input
    boxes = len(spec.anchors)
    values = emit.reshape(x, 0, boxes, c // boxes, emit.pixels(h * w))
    parts = emit.split(values, 2, [1, 1, 1, 1, 1, 1, 1, 1, 1 + spec.classes])
    parts = [part if number in (4, 6) else emit.node("Sigmoid", part) for number, part in enumerate(parts)]
    if spec.scale_x_y != 1:
        for number in (0, 2):
            stretched = emit.scalar("Mul", parts[number], spec.scale_x_y)
            parts[number] = emit.scalar("Sub", stretched, 0.5 * (spec.scale_x_y - 1))
    return Lowered(emit.reshape_as(emit.node("Concat", *parts, axis=2), spec.output, x))


@decodes(GaussianYolo)
def decode_gaussian_yolo(spec: GaussianYolo, network: Shape, emit: Emitter, raw: str) -> str:
    """Write boxes in rows: cell by cell from the top left, each cell's anchors in order.

    The classes are multiplied by one minus the mean deviation besides objectness (get_gaussian_yolo_detections).
    """
    c, h, w = spec.input
    boxes = len(spec.anchors)
    rows = emit.node("Transpose", emit.reshape(raw, 0, boxes, c // boxes, emit.pixels(h * w)), perm=[0, 3, 1, 2])
    parts = emit.split(emit.reshape(rows, 0, emit.pixels(spec.boxes), c // boxes), 2, [1] * 9 + [spec.classes])
    x, dx, y, dy, width, dw, height, dh, objectness, classes = parts
    size = emit.node("Exp", emit.node("Concat", width, height, axis=2))
    grid = grid_of(emit, spec.input, network, raw)
    size = emit.node("Mul", size, grid.row_anchors(spec.anchors))
    scale, offset = grid.rows(boxes, spec.scale_x_y)
    centre = emit.node("Sigmoid", emit.node("Concat", x, y, axis=2))
    centre = emit.node("Add", emit.node("Mul", centre, scale), offset)
    if spec.to_centre:
        centre = emit.node("Add", centre, emit.scalar("Mul", size, spec.to_centre))
    deviations = emit.node("Sigmoid", emit.node("Concat", dx, dy, dw, dh, axis=2))
    certainty = emit.node("Sub", emit.constant(1.0), emit.node("ReduceMean", deviations, axes=[2], keepdims=1))
    objectness = emit.node("Sigmoid", objectness)
    classes = emit.node("Mul", emit.node("Sigmoid", classes), emit.node("Mul", objectness, certainty))
    return emit.node("Concat", centre, size, objectness, classes, axis=2)
