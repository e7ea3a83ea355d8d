"""[shift_channels] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.shift_channels import ShiftChannels
from darkcsp.to_torch.guided import as_guide
from darkcsp.to_torch.registry import LayerModule, builds


@builds(ShiftChannels)
class ShiftChannelsModule(LayerModule):
    """Sum of the layer above and another."""

    def __init__(self, spec: ShiftChannels) -> None:
        super().__init__()
        self.flat = spec.flat

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        """Return the sum."""
        guide = as_guide(other, self.flat)
        return guide + x
