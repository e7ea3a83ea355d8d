"""[detection] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.detection import Detection
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Detection)
class DetectionModule(LayerModule):
    """What Darknet leaves in a [detection] layer: its input, with a softmax over each cell's classes if asked for."""

    def __init__(self, spec: Detection) -> None:
        super().__init__()
        self.cells, self.classes, self.softmax = spec.side**2, spec.classes, spec.softmax

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, values, 1, 1)."""
        x = x.flatten(1)
        if self.softmax:
            split = self.cells * self.classes
            classes = torch.softmax(x[:, :split].reshape(-1, self.cells, self.classes), 2)
            x = torch.cat([classes.flatten(1), x[:, split:]], 1)
        return x[:, :, None, None]
