"""[yolo] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.yolo import Yolo, YoloPixels
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Yolo)
class YoloModule(LayerModule):
    """What Darknet leaves in a [yolo] layer: logistic where it applies, x and y stretched."""

    def __init__(self, spec: Yolo) -> None:
        super().__init__()
        self.boxes, self.scale, self.new_coords = len(spec.anchors), spec.scale_x_y, spec.new_coords

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, boxes * (5 + classes), h, w)."""
        n, c, h, w = x.shape
        values = x.reshape(n, self.boxes, c // self.boxes, h, w)
        xy, wh, rest = values[:, :, :2], values[:, :, 2:4], values[:, :, 4:]
        if not self.new_coords:
            xy, rest = torch.sigmoid(xy), torch.sigmoid(rest)
        xy = xy * self.scale - 0.5 * (self.scale - 1)
        return torch.cat([xy, wh, rest], 2).reshape(n, c, h, w)


@builds(YoloPixels)
class YoloPixelsModule(LayerModule):
    """Passes its input on."""

    def __init__(self, spec: YoloPixels) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Return x."""
        return x
