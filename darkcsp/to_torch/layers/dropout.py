"""[dropout] as a module."""

from __future__ import annotations

from torch import Tensor, nn

from darkcsp.layers.dropout import Dropout
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Dropout)
class DropoutModule(LayerModule):
    """Drops values in training, passes them on otherwise."""

    def __init__(self, spec: Dropout) -> None:
        super().__init__()
        self.dropout = nn.Dropout(min(max(spec.probability, 0.0), 1.0))

    def forward(self, x: Tensor) -> Tensor:
        """Return x, in training with values dropped."""
        result: Tensor = self.dropout(x)
        return result
