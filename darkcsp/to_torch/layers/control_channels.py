"""[control_channels] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.control_channels import ControlChannels
from darkcsp.to_torch.guided import as_guide
from darkcsp.to_torch.registry import LayerModule, builds


@builds(ControlChannels)
class ControlChannelsModule(LayerModule):
    """Product of the layer above and another."""

    def __init__(self, spec: ControlChannels) -> None:
        super().__init__()
        self.flat = spec.flat

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        """Return the product."""
        guide = as_guide(other, self.flat)
        return guide * x
