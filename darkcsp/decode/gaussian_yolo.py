"""Boxes of [Gaussian_yolo] (get_gaussian_yolo_detections in src/gaussian_yolo_layer.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.decode.registry import decodes
from darkcsp.decode.rows import exp, place_centres, scale_sizes, sigmoid, to_rows
from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.spec.shape import Shape


@decodes(GaussianYolo)
def decode_gaussian_yolo(spec: GaussianYolo, network: Shape, raw: Array) -> Array:
    """Return (N, boxes, 5 + classes); classes are multiplied by objectness and by one minus the mean deviation."""
    _, h, w = spec.input
    rows = to_rows(raw, len(spec.anchors), spec.input)
    xy, size, scores = sigmoid(rows[..., :3:2]), exp(rows[..., 4:7:2]), sigmoid(rows[..., 8:])
    place_centres(xy, h, w, len(spec.anchors), spec.scale_x_y)
    scale_sizes(size, spec.anchors, network.w, network.h)
    xy += np.float32(spec.to_centre) * size
    certainty = 1 - sigmoid(rows[..., 1:8:2]).mean(-1, keepdims=True)
    scores[..., 1:] *= scores[..., :1] * certainty
    return np.concatenate([xy, size, scores], 2)
