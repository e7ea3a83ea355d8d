"""Boxes of [detection] (get_detection_detections in src/detection_layer.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.decode.registry import decodes
from darkcsp.decode.rows import place_centres, softmax
from darkcsp.layers.detection import Detection
from darkcsp.spec.shape import Shape


@decodes(Detection)
def decode_detection(spec: Detection, network: Shape, raw: Array) -> Array:
    """Return (N, boxes, 5 + classes); w and h are squared if the section has sqrt=1."""
    cells = spec.side**2
    flat = raw.reshape(len(raw), -1)
    classes, objectness, boxes = np.split(flat, [cells * spec.classes, cells * (spec.classes + spec.per_cell)], 1)
    classes = classes.reshape(-1, cells, spec.classes)
    if spec.softmax:
        classes = softmax(classes)
    rows = np.empty((len(raw), spec.boxes, 5 + spec.classes), np.float32)
    rows[..., :4] = boxes.reshape(-1, spec.boxes, 4)
    rows[..., 4] = objectness
    rows[..., 5:] = np.repeat(classes, spec.per_cell, 1)
    place_centres(rows[..., :2], spec.side, spec.side, spec.per_cell)
    if spec.sqrt:
        rows[..., 2:4] *= rows[..., 2:4]
    rows[..., 5:] *= rows[..., 4:5]
    return rows
