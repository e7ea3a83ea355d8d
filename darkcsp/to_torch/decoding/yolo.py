"""Boxes of [yolo] (get_yolo_detections in src/yolo_layer.c, and WongKinYiu's YOLOLayer)."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.yolo import Yolo, YoloPixels
from darkcsp.to_torch.decoder import AnchorDecoder, Side, centres, corners, decodes, pair, rows


@decodes(Yolo)
class YoloDecoder(AnchorDecoder):
    """Decodes Darknet's heads."""

    def __init__(self, spec: Yolo) -> None:
        super().__init__(spec.anchors)
        self.stretch, self.new_coords = spec.scale_x_y, spec.new_coords

    def forward(self, raw: Tensor, width: Side, height: Side) -> Tensor:
        """See HeadDecoder."""
        cells = self.cells(raw)
        xy, wh, scores = cells[..., :2], cells[..., 2:4], cells[..., 4:]
        if self.new_coords:
            factors = 4 * wh * wh
        else:
            xy, factors, scores = torch.sigmoid(xy), torch.exp(wh), torch.sigmoid(scores)
        objectness = scores[..., :1]
        sizes = self.sizes(factors, width, height)
        return rows(centres(xy, self.stretch), sizes, objectness, scores[..., 1:] * objectness)


@decodes(YoloPixels)
class YoloPixelsDecoder(AnchorDecoder):
    """Decodes the heads of WongKinYiu's programs, whose cells are so many pixels apart."""

    def __init__(self, spec: YoloPixels) -> None:
        super().__init__(spec.anchors)
        self.stride, self.stretch, self.squared = spec.stride, spec.stretch, spec.squared

    def forward(self, raw: Tensor, width: Side, height: Side) -> Tensor:
        """See HeadDecoder."""
        cells = self.cells(raw)
        xy, wh, scores = torch.sigmoid(cells[..., :2]), cells[..., 2:4], torch.sigmoid(cells[..., 4:])
        factors = 4 * torch.sigmoid(wh) ** 2 if self.squared else torch.exp(wh)
        places = corners(raw.shape[2], raw.shape[3], raw) - 0.5 * (self.stretch - 1)
        centre = (xy * self.stretch + places) * self.stride / pair(width, height, raw)
        objectness = scores[..., :1]
        return rows(centre, self.sizes(factors, width, height), objectness, scores[..., 1:] * objectness)
