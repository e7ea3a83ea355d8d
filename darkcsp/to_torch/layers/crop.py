"""[crop] as a module."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.crop import Crop
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Crop)
class CropModule(LayerModule):
    """The middle of the picture, in training too: augmentation is the trainer's business."""

    def __init__(self, spec: Crop) -> None:
        super().__init__()
        self.start, self.size, self.noadjust = spec.start, (spec.height, spec.width), spec.noadjust
        self.neighbours = spec.neighbours

    def forward(self, x: Tensor) -> Tensor:
        """Return the part, from -1 to 1 where it is adjusted."""
        (row, column), (height, width), (down, across) = self.start, self.size, self.neighbours
        x = x[:, :, row : row + height + down - 1, column : column + width + across - 1]
        if self.neighbours != (1, 1):
            x = F.avg_pool2d(x, self.neighbours, stride=1)
        return x if self.noadjust else x * 2 - 1
