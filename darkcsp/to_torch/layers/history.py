"""[history] as a module."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.history import History
from darkcsp.to_torch.registry import LayerModule, builds


@builds(History)
class HistoryModule(LayerModule):
    """The input, with channels of 0 behind it."""

    def __init__(self, spec: History) -> None:
        super().__init__()
        self.missing = spec.output.c - spec.input.c

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, size * c, h, w)."""
        return F.pad(x, [0, 0, 0, 0, 0, self.missing])
