"""[maxpool] as a module, over windows and over depth."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.maxpool import Maxpool, MaxpoolDepth, Strip
from darkcsp.to_torch.blur import BlurModule
from darkcsp.to_torch.registry import LayerModule, LayerResult, builds
from darkcsp.to_torch.windows import fitted, pad_windows

OUTSIDE = torch.finfo(torch.float32).min
"""What Darknet takes positions outside the picture to be (-FLT_MAX)."""


def lowest(dtype: torch.dtype) -> float:
    """Return what stands for that in a type of smaller range, such as float16."""
    return max(OUTSIDE, torch.finfo(dtype).min)


@builds(Maxpool)
class MaxpoolModule(LayerModule):
    """Largest value of each window."""

    def __init__(self, spec: Maxpool) -> None:
        super().__init__()
        self.spec = spec
        self.size, self.stride, self.padding = spec.size, spec.stride, spec.padding
        self.blur = BlurModule(spec.blur, spec.input.c) if spec.blur else None

    def forward(self, x: Tensor) -> Tensor | LayerResult:
        """Return the maxima; with a blur, what it leaves."""
        strips = fitted(self.spec, x).strips if self.spec.block else ()
        x = pad_windows(x, self, 0.0 if self.spec.zeros_outside else lowest(x.dtype))
        if strips:
            x = torch.cat([self._pool(x, strip) for strip in strips], 3)
        else:
            x = F.max_pool2d(x, self.size, self.stride)
        if self.blur is None:
            return x
        blurred: LayerResult = self.blur(x)
        return blurred

    def _pool(self, x: Tensor, strip: Strip) -> Tensor:
        """Pool the padded picture's columns that a strip's windows cover."""
        down, across = self.stride
        first, last = strip.start * across + strip.lost, (strip.stop - 1) * across + self.size
        if strip.lost == self.size:
            height = (x.shape[2] - self.size) // down + 1
            return x.new_full((*x.shape[:2], height, strip.stop - strip.start), lowest(x.dtype))
        return F.max_pool2d(x[:, :, :, first:last], (self.size, self.size - strip.lost), self.stride)


@builds(MaxpoolDepth)
class MaxpoolDepthModule(LayerModule):
    """Largest of every out_channels-th channel."""

    def __init__(self, spec: MaxpoolDepth) -> None:
        super().__init__()
        self.out_channels = spec.out_channels
        self.missing = -spec.input.c % spec.out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, h, w)."""
        if self.missing:
            x = F.pad(x, [0, 0, 0, 0, 0, self.missing], value=lowest(x.dtype))
        n, _, h, w = x.shape
        return x.reshape(n, -1, self.out_channels, h, w).amax(1)
