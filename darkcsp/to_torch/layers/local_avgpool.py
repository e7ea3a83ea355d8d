"""[local_avgpool] as a module."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.local_avgpool import LocalAvgpool
from darkcsp.to_torch.registry import LayerModule, builds


@builds(LocalAvgpool)
class LocalAvgpoolModule(LayerModule):
    """Sum of each window, divided by how many of its values lie in the picture."""

    counts: Tensor

    def __init__(self, spec: LocalAvgpool) -> None:
        super().__init__()
        top, left, bottom, right = spec.pads
        self.pads = [left, right, top, bottom]
        self.size, self.stride = spec.size, spec.stride
        rows, columns = (torch.tensor(counts, dtype=torch.float32) for counts in spec.counts)
        self.register_buffer("counts", torch.outer(rows, columns), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the means."""
        return F.avg_pool2d(F.pad(x, self.pads), self.size, self.stride, divisor_override=1) / self.counts
