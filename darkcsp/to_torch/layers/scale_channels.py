"""[scale_channels] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.scale_channels import ScaleChannels
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.registry import LayerModule, builds


@builds(ScaleChannels)
class ScaleChannelsModule(LayerModule):
    """Product of an earlier layer and factors for its channels or positions."""

    def __init__(self, spec: ScaleChannels) -> None:
        super().__init__()
        self.activation = Activation(spec.activation)

    def forward(self, factors: Tensor, x: Tensor) -> Tensor:
        """Return x times factors, which broadcast."""
        return self.activation(factors * x)
