"""Boxes of [detection] (get_detection_detections in src/detection_layer.c)."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.detection import Detection
from darkcsp.to_torch.decoder import HeadDecoder, Side, centres, decodes, rows


@decodes(Detection)
class DetectionDecoder(HeadDecoder):
    """Decodes YOLOv1's head; w and h are squares where the section says sqrt=1."""

    def __init__(self, spec: Detection) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, raw: Tensor, width: Side, height: Side) -> Tensor:
        """See HeadDecoder; the network's size is of no matter."""
        spec, side = self.spec, self.spec.side
        counts = [side**2 * spec.classes, spec.boxes, 4 * spec.boxes]
        classes, objectness, boxes = torch.split(raw.flatten(1), counts, 1)
        classes = classes.reshape(-1, side, side, 1, spec.classes)
        objectness = objectness.reshape(-1, side, side, spec.per_cell, 1)
        boxes = boxes.reshape(-1, side, side, spec.per_cell, 4)
        if spec.softmax:
            classes = torch.softmax(classes, -1)
        wh = boxes[..., 2:]
        return rows(centres(boxes[..., :2]), wh * wh if spec.sqrt else wh, objectness, classes * objectness)
