"""[crop] as a module."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.crop import Crop
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.windows import fitted


@builds(Crop)
class CropModule(LayerModule):
    """The middle of the picture, in training too: augmentation is the trainer's business."""

    def __init__(self, spec: Crop) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, x: Tensor) -> Tensor:
        """Return the part, from -1 to 1 where it is adjusted."""
        spec = fitted(self.spec, x)
        (row, column), (down, across) = spec.start, spec.neighbours
        x = x[:, :, row : row + spec.height + down - 1, column : column + spec.width + across - 1]
        if (down, across) != (1, 1):
            x = F.avg_pool2d(x, (down, across), stride=1)
        return x if spec.noadjust else x * 2 - 1
