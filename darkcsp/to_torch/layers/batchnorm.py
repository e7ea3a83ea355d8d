"""[batchnorm] as a module."""

from __future__ import annotations

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
        if "biases" not in self.stored:  # what cannot be saved must not be learned
            self.bn.bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised x."""
        y: Tensor = self.bn(x)
        return y

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """[biases,] scales, means, variances."""
        return {name: tensor for name, tensor in batchnorm_blobs(self.bn).items() if name in self.stored}
