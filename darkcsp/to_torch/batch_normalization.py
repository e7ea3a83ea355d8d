"""Batch normalisation as the programs compute it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from darkcsp.spec.batch_normalization import BatchNormalization

TRAINING_EPSILON = 1e-5
"""What every program adds to a batch's variance where it trains, on the GPU."""


class OutsideEpsilon(nn.BatchNorm2d):
    """Batch normalisation that divides by the standard deviation plus epsilon: pjreddie's normalize_cpu."""

    def __init__(self, channels: int, epsilon: float) -> None:
        super().__init__(channels, eps=TRAINING_EPSILON)
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised x; in training as torch does it."""
        if self.training:
            return super().forward(x)
        assert self.running_mean is not None and self.running_var is not None
        factor = self.weight / (torch.sqrt(self.running_var) + self.epsilon)
        offset = self.bias - factor * self.running_mean
        return x * factor[:, None, None] + offset[:, None, None]


def make_batchnorm(channels: int, rule: BatchNormalization) -> nn.BatchNorm2d:
    """Make the layer for (N, channels, h, w)."""
    return OutsideEpsilon(channels, rule.epsilon) if rule.outside else nn.BatchNorm2d(channels, eps=rule.epsilon)


def batchnorm_blobs(bn: nn.BatchNorm2d) -> dict[str, nn.Parameter | Tensor]:
    """Darknet's names for what torch's batch normalisation holds."""
    assert bn.running_mean is not None and bn.running_var is not None
    return {"biases": bn.bias, "scales": bn.weight, "means": bn.running_mean, "variances": bn.running_var}
