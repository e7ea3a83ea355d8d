"""[softmax] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.softmax import Softmax
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Softmax)
class SoftmaxModule(LayerModule):
    """Softmax over runs of the flattened input."""

    def __init__(self, spec: Softmax) -> None:
        super().__init__()
        self.groups, self.temperature = spec.groups, spec.temperature

    def forward(self, x: Tensor) -> Tensor:
        """Return probabilities, (N, values, 1, 1)."""
        runs = x.reshape(x.shape[0], self.groups, -1) / self.temperature
        return torch.softmax(runs, 2).reshape(x.shape[0], -1, 1, 1)
