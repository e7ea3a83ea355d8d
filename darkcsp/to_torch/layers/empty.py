"""[empty] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.empty import Empty
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Empty)
class EmptyModule(LayerModule):
    """Passes its input on."""

    def __init__(self, spec: Empty) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Return x."""
        return x
