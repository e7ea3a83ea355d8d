"""Tells whether a machine trains faster in bfloat16."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from darkcsp.zoo.digits import SIZE


def bfloat16_is_faster(network: nn.Module, batch: int, device: torch.device) -> bool:
    """Time a few forward and backward passes each way. Processors without bfloat16 emulate it, slowly."""
    images = torch.rand(batch, 3, SIZE, SIZE).to(device, memory_format=torch.channels_last)
    return time_of_passes(network, images, True) < time_of_passes(network, images, False)


def time_of_passes(network: nn.Module, images: Tensor, bfloat16: bool) -> float:
    """Return the seconds of the fastest of three passes, including gradients with respect to the pictures."""
    times = []
    for _ in range(3):
        given = images.clone().requires_grad_()
        start = time.perf_counter()
        with torch.autocast(images.device.type, torch.bfloat16, enabled=bfloat16):
            raw = network(given)
        sum(tensor.float().sum() for tensor in raw).backward()
        if images.is_cuda:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)
