"""[implicit] as a module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from darkcsp.layers.implicit import Implicit
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Implicit)
class ImplicitModule(LayerModule):
    """Learned numbers for every picture of the batch."""

    def __init__(self, spec: Implicit) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.empty(spec.filters, spec.atoms))
        self.range = (spec.mean - spec.deviation, spec.mean + spec.deviation)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, filters, atoms, 1); of x only the number of pictures matters."""
        return self.weights[None, :, :, None].repeat(x.shape[0], 1, 1, 1)

    def reset_parameters(self) -> None:
        """Draw the numbers anew."""
        low, high = self.range
        nn.init.uniform_(self.weights, min(low, high), max(low, high))

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """weights."""
        return {"weights": self.weights}
