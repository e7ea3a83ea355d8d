"""Parts of a training step: parameter groups, learning rate, moving average of the weights."""

from __future__ import annotations

import copy
import math

import torch
from torch import nn

from darkcsp.to_torch import Network

WARM_UP = 0.03
"""Share of the training in which the learning rate rises."""

FLOOR = 0.01
"""Final learning rate, as a share of the highest."""


def make_optimiser(network: nn.Module, rate: float, decay: float) -> torch.optim.AdamW:
    """Return an AdamW that decays only the weights of convolutions, not biases or batch norm."""
    decayed = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate)


def rate_factor(progress: float) -> float:
    """Return the learning rate at a progress of 0..1, as a share of the highest: a linear rise, then half a cosine."""
    if progress < WARM_UP:
        return max(progress / WARM_UP, 1e-3)
    share = min((progress - WARM_UP) / (1 - WARM_UP), 1.0)
    return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * share)) / 2


class MovingAverage:
    """An exponential moving average of a network's parameters and statistics, which is shorter at first.

    Attributes:
        network: the averaged copy, in evaluation mode.
        updates: number of updates so far.
    """

    def __init__(self, network: Network, decay: float = 0.998) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay, self.updates = decay, 0

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Update the average with the network's current values."""
        self.updates += 1
        keep = self.decay * (1 - math.exp(-self.updates / 200))
        state = network.state_dict()
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                value.lerp_(state[name], 1 - keep)
            else:
                value.copy_(state[name])


def start_heads(network: Network, certainty: float = 0.01) -> None:
    """Start objectness at `certainty` everywhere, so that the many empty cells do not dominate the loss."""
    graph, bias = network.graph, math.log(certainty / (1 - certainty))
    for head in graph.heads:
        biases = network.module(head.sources[0]).blobs()["biases"].detach().view(-1, 5 + head.classes)
        biases[:, 4] = bias
        biases[:, 5:] = -math.log(head.classes - 1)
