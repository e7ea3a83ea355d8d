"""[activation] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.activation import ActivationLayer
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.registry import LayerModule, builds


@builds(ActivationLayer)
class ActivationModule(LayerModule):
    """An activation function."""

    def __init__(self, spec: ActivationLayer) -> None:
        super().__init__()
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of x."""
        return self.activation(x)
