"""[contrastive] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.contrastive import Contrastive
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Contrastive)
class ContrastiveModule(LayerModule):
    """The input, or zeros: the loss is the trainer's business."""

    def __init__(self, spec: Contrastive) -> None:
        super().__init__()
        self.passes_on = spec.passes_on

    def forward(self, x: Tensor) -> Tensor:
        """Return x or zeros, (N, values, 1, 1)."""
        values = x.flatten(1)[:, :, None, None]
        return values if self.passes_on else torch.zeros_like(values)
