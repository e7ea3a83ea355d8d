"""Boxes of [yolo] (get_yolo_detections in src/yolo_layer.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.decode.registry import decodes
from darkcsp.decode.rows import exp, place_centres, scale_sizes, sigmoid, to_rows
from darkcsp.layers.yolo import Yolo, YoloPixels
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


@decodes(YoloPixels)
def decode_pixels(spec: YoloPixels, network: Shape, raw: Array) -> Array:
    """Return (N, boxes, 5 + classes); boxes in pixels of the network's input become relative to it."""
    _, h, w = spec.input
    rows = to_rows(raw, len(spec.anchors), spec.input)
    xy, size, scores = rows[..., :2], rows[..., 2:4], rows[..., 4:]
    xy[:], scores[:] = sigmoid(xy), sigmoid(scores)
    if spec.squared:
        size[:] = sigmoid(size)
        size *= 4 * size
    else:
        size[:] = exp(size)
    place_centres(xy, h, w, len(spec.anchors), spec.stretch)
    xy *= np.array([spec.stride * w / network.w, spec.stride * h / network.h], np.float32)
    scale_sizes(size, spec.anchors, network.w, network.h)
    scores[..., 1:] *= scores[..., :1]
    return rows
