"""[l2norm] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.l2norm import L2norm
from darkcsp.to_torch.registry import LayerModule, builds


@builds(L2norm)
class L2normModule(LayerModule):
    """Vectors of length 1 over the channels."""

    def __init__(self, spec: L2norm) -> None:
        super().__init__()
        self.keeps_zeros = spec.keeps_zeros

    def forward(self, x: Tensor) -> Tensor:
        """Return x divided by its length at each position."""
        length = (x * x).sum(1, keepdim=True).sqrt()
        if self.keeps_zeros:
            length = length + (length == 0).to(x.dtype)
        return x / length
