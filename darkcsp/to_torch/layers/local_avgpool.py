"""[local_avgpool] as a module."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.local_avgpool import LocalAvgpool
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.windows import pad_windows


@builds(LocalAvgpool)
class LocalAvgpoolModule(LayerModule):
    """Sum of each window, divided by how many of its values lie in the picture."""

    def __init__(self, spec: LocalAvgpool) -> None:
        super().__init__()
        self.size, self.stride, self.padding = spec.size, spec.stride, spec.padding
        self.counts_outside = spec.counts_outside

    def forward(self, x: Tensor) -> Tensor:
        """Return the means."""
        counts = self.size**2 if self.counts_outside else self._sums(torch.ones_like(x[:1, :1]))
        return self._sums(x) / counts

    def _sums(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(pad_windows(x, self, 0.0), self.size, self.stride, divisor_override=1)
