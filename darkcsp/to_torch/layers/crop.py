"""[crop] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.crop import Crop
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Crop)
class CropModule(LayerModule):
    """The middle of the picture, in training too: augmentation is the trainer's business."""

    def __init__(self, spec: Crop) -> None:
        super().__init__()
        self.start, self.size, self.noadjust = spec.start, (spec.height, spec.width), spec.noadjust

    def forward(self, x: Tensor) -> Tensor:
        """Return the part, from -1 to 1 where it is adjusted."""
        (row, column), (height, width) = self.start, self.size
        x = x[:, :, row : row + height, column : column + width]
        return x if self.noadjust else x * 2 - 1
