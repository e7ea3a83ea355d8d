"""The antialiasing blur."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkcsp.spec.blur import Blur
from darkcsp.to_torch.registry import LayerResult


class BlurModule(nn.Module):
    """Runs the fixed filter and leaves its result where Darknet does: at the start of the larger buffer."""

    kernel: Tensor

    def __init__(self, blur: Blur, channels: int) -> None:
        super().__init__()
        self.blur = blur
        kernel = torch.tensor(blur.kernel).expand(channels, 1, blur.size, blur.size)
        self.register_buffer("kernel", kernel.contiguous(), persistent=False)

    def forward(self, x: Tensor) -> LayerResult:
        """Return the blurred picture, (N, c, h', w'); the buffer is x, (N, c, h, w), its first values overwritten."""
        blurred = F.conv2d(x, self.kernel, stride=self.blur.stride, padding=self.blur.padding, groups=x.shape[1])
        flat = blurred.flatten(1)
        buffer = torch.cat([flat, x.flatten(1)[:, flat.shape[1] :]], 1).view_as(x)
        return LayerResult(blurred, buffer)
