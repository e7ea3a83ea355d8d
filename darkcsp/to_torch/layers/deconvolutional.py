"""[deconvolutional] as a module."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils import skip_init

from darkcsp.layers.deconvolutional import Deconvolutional
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.batch_normalization import batchnorm_blobs, make_batchnorm
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Deconvolutional)
class DeconvolutionalModule(LayerModule):
    """Transposed convolution, batch normalisation where asked for, activation."""

    def __init__(self, spec: Deconvolutional) -> None:
        super().__init__()
        # Left uninitialised: the network fills it from a file, or calls reset_parameters.
        self.deconv: nn.ConvTranspose2d = skip_init(  # type: ignore[no-untyped-call]
            nn.ConvTranspose2d,
            spec.input.c,
            spec.filters,
            spec.size,
            stride=spec.stride,
            padding=spec.padding,
            bias=not spec.batch_normalize,
        )
        self.bn = make_batchnorm(spec.filters, spec.normalization) if spec.batch_normalize else None
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Return the activations."""
        x = self.deconv(x)
        if self.bn is not None:
            x = self.bn(x)
        return self.activation(x)

    def reset_parameters(self) -> None:
        """Give the convolution torch's usual random start."""
        self.deconv.reset_parameters()

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """biases, [scales, means, variances,] weights."""
        if self.bn is None:
            assert self.deconv.bias is not None
            return {"biases": self.deconv.bias, "weights": self.deconv.weight}
        return {**batchnorm_blobs(self.bn), "weights": self.deconv.weight}
