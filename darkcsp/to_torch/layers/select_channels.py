"""[select_channels] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.select_channels import SelectChannels
from darkcsp.to_torch.guided import as_guide
from darkcsp.to_torch.registry import LayerModule, builds


@builds(SelectChannels)
class SelectChannelsModule(LayerModule):
    """Product of the layer above and the logistic function of another."""

    def __init__(self, spec: SelectChannels) -> None:
        super().__init__()
        self.flat = spec.flat

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        """Return the product."""
        guide = as_guide(other, self.flat)
        return torch.sigmoid(guide) * x
