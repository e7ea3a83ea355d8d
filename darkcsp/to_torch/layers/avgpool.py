"""[avgpool] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.avgpool import Avgpool
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Avgpool)
class AvgpoolModule(LayerModule):
    """Mean of each channel."""

    def __init__(self, spec: Avgpool) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, c, 1, 1)."""
        return x.mean((2, 3), keepdim=True)
