"""[cost] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.cost import Cost
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Cost)
class CostModule(LayerModule):
    """Passes its input on: the loss is the trainer's business."""

    def __init__(self, spec: Cost) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Return x as a vector, (N, values, 1, 1)."""
        return x.reshape(x.shape[0], -1, 1, 1)
