"""[sam] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.sam import Sam
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Sam)
class SamModule(LayerModule):
    """Product of two layers, value by value."""

    def __init__(self, spec: Sam) -> None:
        super().__init__()
        self.activation = Activation(spec.activation)

    def forward(self, attention: Tensor, x: Tensor) -> Tensor:
        """Return the product."""
        return self.activation(attention * x)
