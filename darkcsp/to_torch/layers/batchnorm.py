"""[batchnorm] as a module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from darkcsp.layers.batchnorm import Batchnorm
from darkcsp.to_torch.batch_normalization import batchnorm_blobs, make_batchnorm
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Batchnorm)
class BatchnormModule(LayerModule):
    """Batch normalisation of each channel."""

    def __init__(self, spec: Batchnorm) -> None:
        super().__init__()
        self.bn = make_batchnorm(spec.input.c, spec.normalization)
        self.stored = [blob.name for blob in spec.blobs]
        self.initial = spec.initial
        if "biases" not in self.stored:  # what cannot be saved must not be learned
            self.bn.bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised x."""
        y: Tensor = self.bn(x)
        return y

    def reset_parameters(self) -> None:
        """Give mean and variance the values that they start with, where the spec has them."""
        if self.initial:
            for tensor, values in zip(
                (self.bn.running_mean, self.bn.running_var), zip(*self.initial, strict=True), strict=True
            ):
                assert tensor is not None
                tensor.copy_(torch.tensor(values))

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """[biases,] scales, means, variances."""
        return {name: tensor for name, tensor in batchnorm_blobs(self.bn).items() if name in self.stored}
