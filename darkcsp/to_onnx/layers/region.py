"""[region] as nodes: the layer as Darknet leaves it, and its detections."""

from __future__ import annotations

import numpy as np

from darkcsp.layers.region import Region
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.grid import grid_of
from darkcsp.to_onnx.registry import Lowered, decodes, lowers
from darkcsp.to_onnx.tree import write_narrowest, write_products, write_tree_softmax
from darkcsp.weightfile.weights import Blobs


@lowers(Region)
def lower_region(spec: Region, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    """Write logistic and softmax where they apply, in the layer's order."""
    xy, rest, objectness, classes = _split(spec, emit, x)
    if spec.logistic_xy:
        xy = emit.node("Sigmoid", xy)
    objectness, classes = _scores(spec, emit, objectness, classes)
    rows = emit.node("Concat", xy, rest, objectness, classes, axis=2)
    if not spec.sorted_by_cell:
        _, h, w = spec.input
        rows = emit.reshape(rows, 0, emit.pixels(h * w), len(spec.anchors), spec.values)
        rows = emit.node("Transpose", rows, perm=[0, 2, 3, 1])
    return Lowered(emit.reshape_as(rows, spec.output, x))


@decodes(Region)
def decode_region(spec: Region, network: Shape, emit: Emitter, raw: str) -> str:
    """Write boxes in rows: cell by cell from the top left, each cell's anchors in order (get_region_boxes).

    With a tree, a box has the narrowest class whose probability is above 0.5, and no other.
    """
    xy, rest, objectness, classes = _split(spec, emit, raw)
    grid = grid_of(emit, spec.input, network, raw)
    scale, offset = grid.rows(len(spec.anchors))
    centre = emit.node("Sigmoid", xy)
    centre = emit.node("Add", emit.node("Mul", centre, scale), offset)
    size = rest if spec.coords == 4 else emit.slice(rest, 2, 0, 2)
    size = emit.node("Mul", emit.node("Exp", size), grid.row_anchors(spec.anchors, in_cells=True))
    objectness, classes = _scores(spec, emit, objectness, classes)
    if spec.background:
        objectness = emit.constant(np.ones((1, spec.boxes if emit.sides is None else 1, 1)))
        objectness = emit.node("Expand", objectness, emit.node("Shape", emit.slice(centre, 2, 0, 1)))
    elif spec.drops_doubtful:
        sure = emit.node("Cast", emit.node("GreaterOrEqual", objectness, emit.constant(0.5)), to=1)
        objectness = emit.node("Mul", objectness, sure)
    if spec.tree:
        tree = spec.tree.needed(spec.place, "ONNX")
        classes = write_narrowest(emit, write_products(emit, tree, classes), spec.classes)
    classes = emit.node("Mul", classes, objectness)
    return emit.node("Concat", centre, size, objectness, classes, axis=2)


def _split(spec: Region, emit: Emitter, x: str) -> list[str]:
    """Turn the head's input into rows, (N, boxes, values), and split it: x and y, other coords, objectness, classes."""
    _, h, w = spec.input
    rows = emit.reshape(x, 0, len(spec.anchors), spec.values, emit.pixels(h * w))
    rows = emit.node("Transpose", rows, perm=[0, 3, 1, 2])
    return emit.split(
        emit.reshape(rows, 0, emit.pixels(spec.boxes), spec.values), 2, [2, spec.coords - 2, 1, spec.classes]
    )


def _scores(spec: Region, emit: Emitter, objectness: str, classes: str) -> tuple[str, str]:
    if spec.background and spec.softmax:
        scores = emit.node("Softmax", emit.node("Concat", objectness, classes, axis=2), axis=2)
        first, others = emit.split(scores, 2, [1, spec.classes])
        return first, others
    if not spec.background:
        objectness = emit.node("Sigmoid", objectness)
    if spec.tree:
        classes = write_tree_softmax(emit, spec.tree.needed(spec.place, "ONNX"), classes)
    elif spec.softmax:
        classes = emit.node("Softmax", classes, axis=2)
    elif spec.logistic_classes:
        classes = emit.node("Sigmoid", classes)
    return objectness, classes
