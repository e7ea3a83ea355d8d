"""[logistic] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.logistic import Logistic
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Logistic)
class LogisticModule(LayerModule):
    """The logistic function."""

    def __init__(self, spec: Logistic) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Return 1 / (1 + exp(-x))."""
        return torch.sigmoid(x)
