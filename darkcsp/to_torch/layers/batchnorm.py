"""Batch normalisation as both programs compute it, and [batchnorm] as a module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from darkcsp.layers.batchnorm import Batchnorm
from darkcsp.spec.spec import Dialect
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.weightfile.folding import EPSILON, EPSILON_OUTSIDE


class OutsideEpsilon(nn.BatchNorm2d):
    """Batch normalisation that divides by the standard deviation plus epsilon: pjreddie's normalize_cpu."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised x; in training as torch does it."""
        if self.training:
            return super().forward(x)
        assert self.running_mean is not None and self.running_var is not None
        factor = self.weight / (torch.sqrt(self.running_var) + EPSILON_OUTSIDE)
        offset = self.bias - factor * self.running_mean
        return x * factor[:, None, None] + offset[:, None, None]


def make_batchnorm(channels: int, dialect: Dialect) -> nn.BatchNorm2d:
    """Make the layer for (N, channels, h, w)."""
    return nn.BatchNorm2d(channels, eps=EPSILON) if dialect == "AlexeyAB" else OutsideEpsilon(channels, eps=EPSILON)


def batchnorm_blobs(bn: nn.BatchNorm2d) -> dict[str, nn.Parameter | Tensor]:
    """Darknet's names for what torch's batch normalisation holds."""
    assert bn.running_mean is not None and bn.running_var is not None
    return {"biases": bn.bias, "scales": bn.weight, "means": bn.running_mean, "variances": bn.running_var}


@builds(Batchnorm)
class BatchnormModule(LayerModule):
    """Batch normalisation of each channel."""

    def __init__(self, spec: Batchnorm) -> None:
        super().__init__()
        self.bn = make_batchnorm(spec.input.c, spec.dialect)
        self.stored = [blob.name for blob in spec.blobs]
        if "biases" not in self.stored:  # what cannot be saved must not be learned
            self.bn.bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised x."""
        y: Tensor = self.bn(x)
        return y

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """[biases,] scales, means, variances."""
        return {name: tensor for name, tensor in batchnorm_blobs(self.bn).items() if name in self.stored}
