"""[normalization] as a module."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.normalization import Normalization
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Normalization)
class NormalizationModule(LayerModule):
    """Local response normalisation, its sums over channels as a 1x1 convolution."""

    kernel: Tensor
    kappa: Tensor

    def __init__(self, spec: Normalization) -> None:
        super().__init__()
        self.beta = spec.beta
        kernel = spec.alpha * torch.tensor(spec.taps, dtype=torch.float32)
        self.register_buffer("kernel", kernel[:, :, None, None], persistent=False)
        self.register_buffer("kappa", torch.full((spec.input.c,), spec.kappa, dtype=torch.float32), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return x times its norms to the power of -beta."""
        norms = F.conv2d(x * x, self.kernel, self.kappa)
        return x * norms**-self.beta
