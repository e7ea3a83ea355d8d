"""[Gaussian_yolo] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.to_torch.registry import LayerModule, builds


@builds(GaussianYolo)
class GaussianYoloModule(LayerModule):
    """What Darknet leaves in a [Gaussian_yolo] layer: all logistic but w and h, x and y stretched."""

    def __init__(self, spec: GaussianYolo) -> None:
        super().__init__()
        self.boxes, self.scale = len(spec.anchors), spec.scale_x_y

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, boxes * (9 + classes), h, w)."""
        n, c, h, w = x.shape
        values = x.reshape(n, self.boxes, c // self.boxes, h, w)
        logistic = torch.sigmoid(values)
        centre = logistic[:, :, :3:2] * self.scale - 0.5 * (self.scale - 1)
        parts = [centre[:, :, :1], logistic[:, :, 1:2], centre[:, :, 1:], logistic[:, :, 3:4]]
        for size in (4, 6):
            parts += [values[:, :, size : size + 1], logistic[:, :, size + 1 : size + 2]]
        return torch.cat([*parts, logistic[:, :, 8:]], 2).reshape(n, c, h, w)
