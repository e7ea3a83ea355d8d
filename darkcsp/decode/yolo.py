"""Boxes of [yolo] (get_yolo_detections in src/yolo_layer.c)."""

from __future__ import annotations

from darkcsp.arrays import Array
from darkcsp.decode.registry import decodes
from darkcsp.decode.rows import exp, place_centres, scale_sizes, sigmoid, to_rows
from darkcsp.layers.yolo import Yolo
from darkcsp.spec.shape import Shape


@decodes(Yolo)
def decode_yolo(spec: Yolo, network: Shape, raw: Array) -> Array:
    """Return (N, boxes, 5 + classes)."""
    _, h, w = spec.input
    rows = to_rows(raw, len(spec.anchors), spec.input)
    xy, size, scores = rows[..., :2], rows[..., 2:4], rows[..., 4:]
    if spec.new_coords:
        size *= 4 * size
    else:
        xy[:] = sigmoid(xy)
        size[:] = exp(size)
        scores[:] = sigmoid(scores)
    place_centres(xy, h, w, len(spec.anchors), spec.scale_x_y)
    scale_sizes(size, spec.anchors, network.w, network.h)
    scores[..., 1:] *= scores[..., :1]
    return rows
