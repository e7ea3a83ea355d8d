"""[alternate_channels] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.alternate_channels import AlternateChannels
from darkcsp.to_torch.guided import as_guide
from darkcsp.to_torch.registry import LayerModule, builds


@builds(AlternateChannels)
class AlternateChannelsModule(LayerModule):
    """Another layer, spread, and the layer above."""

    def __init__(self, spec: AlternateChannels) -> None:
        super().__init__()
        self.flat = spec.flat

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        """Return (N, 2 c, h, w)."""
        guide = as_guide(other, self.flat)
        return torch.cat([guide.expand_as(x), x], 1)
