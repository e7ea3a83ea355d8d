"""[contrastive] as a module."""

from __future__ import annotations

from torch import Tensor

from darkcsp.layers.contrastive import Contrastive
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Contrastive)
class ContrastiveModule(LayerModule):
    """The input, or zeros: the loss is the trainer's business."""

    def __init__(self, spec: Contrastive) -> None:
        super().__init__()
        self.values, self.passes_on = spec.output.c, spec.passes_on

    def forward(self, x: Tensor) -> Tensor:
        """Return x or zeros, (N, values, 1, 1)."""
        shape = (x.shape[0], self.values, 1, 1)
        return x.reshape(shape) if self.passes_on else x.new_zeros(shape)
