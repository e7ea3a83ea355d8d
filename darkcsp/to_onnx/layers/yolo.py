"""[yolo] as nodes: the layer as Darknet leaves it, and its detections."""

from __future__ import annotations

from darkcsp.layers.yolo import Yolo, YoloPixels
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.grid import grid_of
from darkcsp.to_onnx.registry import Lowered, decodes, lowers
from darkcsp.weightfile.weights import Blobs


@lowers(Yolo)
def lower_yolo(spec: Yolo, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write the logistic where it applies, and the stretch of x and y."""
    boxes = len(spec.anchors)
    c, h, w = spec.input
    xy, wh, rest = emit.split(emit.reshape(x, 0, boxes, c // boxes, emit.pixels(h * w)), 2, [2, 2, c // boxes - 4])
    if not spec.new_coords:
        xy, rest = emit.node("Sigmoid", xy), emit.node("Sigmoid", rest)
    xy = _stretch(spec, emit, xy)
    return Lowered(emit.reshape_as(emit.node("Concat", xy, wh, rest, axis=2), spec.output, x))


def _stretch(spec: Yolo, emit: Emitter, xy: str) -> str:
    if spec.scale_x_y == 1:
        return xy
    return emit.scalar("Sub", emit.scalar("Mul", xy, spec.scale_x_y), 0.5 * (spec.scale_x_y - 1))


@decodes(Yolo)
def decode_yolo(spec: Yolo, network: Shape, emit: Emitter, raw: str) -> str:
    """Write boxes in rows: cell by cell from the top left, each cell's anchors in order (get_yolo_detections).

    All is computed in planes, which are cut and joined faster than rows of few values; rows are made in the end.
    """
    boxes = len(spec.anchors)
    c, h, w = spec.input
    values = c // boxes
    xy, wh, objectness, *classes = emit.split(
        emit.reshape(raw, 0, boxes, values, emit.pixels(h * w)), 2, [2, 2, 1, *([spec.classes] * (spec.classes > 0))]
    )
    if not spec.new_coords:
        xy, objectness = emit.node("Sigmoid", xy), emit.node("Sigmoid", objectness)
        classes = [emit.node("Sigmoid", part) for part in classes]
    grid = grid_of(emit, spec.input, network, raw)
    scale, offset = grid.planes(spec.scale_x_y)
    centre = emit.node("Add", emit.node("Mul", xy, scale), offset)
    size = emit.node("Mul", wh, wh) if spec.new_coords else emit.node("Exp", wh)
    size = emit.node("Mul", size, grid.plane_anchors(spec.anchors, 4 if spec.new_coords else 1))
    classes = [emit.node("Mul", part, objectness) for part in classes]
    planes = emit.node("Concat", centre, size, objectness, *classes, axis=2)
    return emit.reshape(emit.node("Transpose", planes, perm=[0, 3, 1, 2]), 0, emit.pixels(h * w * boxes), values)


@lowers(YoloPixels)
def lower_pixels(spec: YoloPixels, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Pass x on."""
    return Lowered(x)


@decodes(YoloPixels)
def decode_pixels(spec: YoloPixels, network: Shape, emit: Emitter, raw: str) -> str:
    """Write boxes in rows, in the order of `decode_yolo` and in planes as there."""
    boxes = len(spec.anchors)
    c, h, w = spec.input
    values = c // boxes
    planes = emit.reshape(raw, 0, boxes, values, emit.pixels(h * w))
    if spec.squared:  # all values are logistic: one Sigmoid
        xy, size, objectness, classes = emit.split(emit.node("Sigmoid", planes), 2, [2, 2, 1, spec.classes])
        size = emit.node("Mul", size, size)
    else:
        xy, size, scores = emit.split(planes, 2, [2, 2, 1 + spec.classes])
        xy, size = emit.node("Sigmoid", xy), emit.node("Exp", size)
        objectness, classes = emit.split(emit.node("Sigmoid", scores), 2, [1, spec.classes])
    grid = grid_of(emit, spec.input, network, raw)
    scale, offset = grid.planes(spec.stretch, spec.stride)
    centre = emit.node("Add", emit.node("Mul", xy, scale), offset)
    size = emit.node("Mul", size, grid.plane_anchors(spec.anchors, 4 if spec.squared else 1))
    classes = emit.node("Mul", classes, objectness)
    joined = emit.node("Concat", centre, size, objectness, classes, axis=2)
    return emit.reshape(emit.node("Transpose", joined, perm=[0, 3, 1, 2]), 0, emit.pixels(h * w * boxes), values)
