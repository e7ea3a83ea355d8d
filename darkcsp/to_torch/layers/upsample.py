"""[upsample] as a module."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.upsample import Upsample
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Upsample)
class UpsampleModule(LayerModule):
    """Repetition of each value, or the sum of each block."""

    def __init__(self, spec: Upsample) -> None:
        super().__init__()
        self.stride, self.reverse, self.scale = spec.stride, spec.reverse, spec.scale

    def forward(self, x: Tensor) -> Tensor:
        """Return the larger, or smaller, picture."""
        if self.reverse:
            x = F.avg_pool2d(x, self.stride, divisor_override=1)
        else:
            x = F.interpolate(x, scale_factor=float(self.stride), mode="nearest")
        return x if self.scale == 1 else x * self.scale
