"""[convolutional] as a module."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import skip_init

from darkcsp.layers.convolutional import Binarization, Convolutional
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.batch_normalization import batchnorm_blobs, make_batchnorm
from darkcsp.to_torch.blur import BlurModule
from darkcsp.to_torch.registry import LayerModule, LayerResult, builds
from darkcsp.to_torch.windows import fitted


@builds(Convolutional)
class ConvolutionalModule(LayerModule):
    """Convolution, batch normalisation, activation, blur; parts that the section does not ask for are absent."""

    def __init__(self, spec: Convolutional) -> None:
        super().__init__()
        # Left uninitialised: the network fills it from a file, or calls reset_parameters.
        self.conv: nn.Conv2d = skip_init(  # type: ignore[no-untyped-call]
            nn.Conv2d if spec.binarization is None else SignConvolution,
            spec.input.c,
            spec.filters,
            spec.size,
            stride=(1, 1) if spec.reads_in_order else spec.stride,
            padding=0 if spec.reads_in_order else spec.padding * spec.dilation,
            dilation=spec.dilation,
            groups=spec.groups,
            bias=not spec.batch_normalize,
        )
        if spec.binarization and isinstance(self.conv, SignConvolution):
            self.conv.binarization = spec.binarization
        self.misread = spec if spec.reads_in_order else None
        self.bn = make_batchnorm(spec.filters, spec.normalization) if spec.batch_normalize else None
        self.activation = Activation(spec.activation)
        self.blur = BlurModule(spec.blur, spec.filters) if spec.blur else None

    def forward(self, x: Tensor) -> Tensor | LayerResult:
        """Return the activations; with a blur, what it leaves."""
        if self.misread is not None:
            _, *size = fitted(self.misread, x).convolved
            x = first_floats(x, self.conv.groups, size)
        if isinstance(self.conv, SignConvolution):
            x = self.conv(x, None if self.bn is None else self.bn.weight)
        else:
            x = self.conv(x)
        if self.bn is not None:
            x = self.bn(x)
        x = self.activation(x)
        if self.blur is None:
            return x
        blurred: LayerResult = self.blur(x)
        return blurred

    def reset_parameters(self) -> None:
        """Give the convolution torch's usual random start."""
        self.conv.reset_parameters()

    def share(self, owner: LayerModule) -> None:
        """Use the parameters of another layer."""
        assert isinstance(owner, ConvolutionalModule)
        self.conv.weight, self.conv.bias, self.bn = owner.conv.weight, owner.conv.bias, owner.bn

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """biases, [scales, means, variances,] weights."""
        if self.bn is None:
            assert self.conv.bias is not None
            return {"biases": self.conv.bias, "weights": self.conv.weight}
        return {**batchnorm_blobs(self.bn), "weights": self.conv.weight}


def first_floats(x: Tensor, groups: int, size: Sequence[int]) -> Tensor:
    """Take the first floats of each group of channels, (N, C, H, W), as a picture (N, C, *size)."""
    batch, channels = x.shape[:2]
    count = channels // groups * size[0] * size[1]
    return x.reshape(batch, groups, -1)[:, :, :count].reshape(batch, channels, *size)


class SignConvolution(nn.Conv2d):
    """A convolution by the signs of the weights, times each filter's mean absolute weight; of the input or its signs.

    A weight of 0 counts as -1.

    Attributes:
        binarization: how it is done.
    """

    binarization = Binarization()

    def forward(self, x: Tensor, scales: Tensor | None = None) -> Tensor:
        """Return the convolution of the signs; `scales` are those of the batch normalisation behind it.

        Its factor is one number per filter. It commutes with the mean of the absolute weights, and turns all signs
        where it is negative, which shows only in weights of 0: they count as -1 behind it.
        """
        padding = self.padding[0]
        assert isinstance(padding, int)
        if self.binarization.inputs:
            x = self._signs(x)
        x = F.pad(x, [padding] * 4, value=self.binarization.outside)
        magnitude = self.weight.abs().mean((1, 2, 3), keepdim=True)
        turn = torch.sign(scales).view_as(magnitude) if self.binarization.folded and scales is not None else 1.0
        weight = turn * torch.where(self.weight * turn > 0, magnitude, -magnitude)
        return F.conv2d(x, weight, self.bias, self.stride, 0, self.dilation, self.groups)

    def _signs(self, x: Tensor) -> Tensor:
        above = x >= 0 if self.binarization.sign_of_zero > 0 else x > 0
        return torch.where(above, 1.0, -1.0).to(x.dtype)
