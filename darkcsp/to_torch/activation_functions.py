"""Activation functions as modules, one for each name in `spec.activation_functions.EFFECTIVE` (src/activations.h)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-4
"""What the channel-normalising functions add to their sums."""


class Activation(nn.Module):
    """Applies one of Darknet's functions, by its effective name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name  # and not the function: some have no name that pickle could find

    def forward(self, x: Tensor) -> Tensor:
        """Return the function of x, same shape; channels are dimension 1."""
        return FUNCTIONS[self.name](x)

    def __call__(self, x: Tensor) -> Tensor:
        """As nn.Module, with the type that comes out."""
        y: Tensor = super().__call__(x)
        return y

    def extra_repr(self) -> str:
        """Show the name."""
        return self.name


def mish(x: Tensor) -> Tensor:
    """x tanh(softplus(x))."""
    return F.mish(x)


def hard_mish(x: Tensor) -> Tensor:
    """x above 0, x^2/2 + x above -2, else 0."""
    return torch.where(x > 0, x, torch.where(x > -2, x * x / 2 + x, torch.zeros_like(x)))


def gelu(x: Tensor) -> Tensor:
    """Darknet's tanh approximation with its own rounded constants."""
    return 0.5 * x * (1 + torch.tanh(0.797885 * x + 0.035677 * x**3))


def plse(x: Tensor) -> Tensor:
    """Piecewise linear sigmoid."""
    middle = 0.125 * x + 0.5
    return torch.where(x < -4, 0.01 * (x + 4), torch.where(x > 4, 0.01 * (x - 4) + 1, middle))


def lhtan(x: Tensor) -> Tensor:
    """Leaky clamp to 0..1."""
    return torch.where(x < 0, 0.001 * x, torch.where(x > 1, 0.001 * (x - 1) + 1, x))


def stair(x: Tensor) -> Tensor:
    """Steps at even numbers, slopes after odd ones."""
    n = torch.floor(x)
    half = torch.floor(x / 2)
    return torch.where(torch.remainder(n, 2) == 0, half, (x - n) + half)


def elu(x: Tensor) -> Tensor:
    """x, or exp(x) - 1 below 0."""
    return F.elu(x)


def selu(x: Tensor) -> Tensor:
    """Scaled elu with Darknet's rounded constants."""
    return torch.where(x >= 0, 1.0507 * x, 1.0507 * 1.6732 * torch.expm1(torch.clamp(x, max=0)))


def normalize_channels(x: Tensor) -> Tensor:
    """Positive part of each position divided by its sum over the channels."""
    positive = F.relu(x)
    return positive / (positive.sum(1, keepdim=True) + EPSILON)


def normalize_channels_softmax(x: Tensor) -> Tensor:
    """Softmax over the channels without the usual shift; large inputs overflow as they do in Darknet."""
    e = torch.exp(x)
    return e / (e.sum(1, keepdim=True) + EPSILON)


def normalize_channels_softmax_finite(x: Tensor) -> Tensor:
    """The same, with 0 at positions whose sum overflows: the largest number divided by infinity."""
    e = torch.exp(x)
    return e.clamp(max=torch.finfo(e.dtype).max) / (e.sum(1, keepdim=True) + EPSILON)


def normalize_channels_softmax_maxval(x: Tensor) -> Tensor:
    """Softmax over the channels, shifted by the largest."""
    e = torch.exp(x - x.amax(1, keepdim=True))
    return e / (e.sum(1, keepdim=True) + EPSILON)


def leaky(x: Tensor) -> Tensor:
    """x, or x/10 below 0."""
    return F.leaky_relu(x, 0.1)


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: x,
    "logistic": torch.sigmoid,
    "loggy": lambda x: 2 * torch.sigmoid(x) - 1,
    "relu": F.relu,
    "relu6": F.relu6,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "relie": lambda x: F.leaky_relu(x, 0.01),
    "ramp": lambda x: F.relu(x) + 0.1 * x,
    "leaky": leaky,
    "revleaky": leaky,
    "tanh": torch.tanh,
    "plse": plse,
    "stair": stair,
    "hardtan": lambda x: torch.clamp(x, -1, 1),
    "lhtan": lhtan,
    "swish": F.silu,
    "mish": mish,
    "hard_mish": hard_mish,
    "normalize_channels": normalize_channels,
    "normalize_channels_softmax": normalize_channels_softmax,
    "normalize_channels_softmax_finite": normalize_channels_softmax_finite,
    "normalize_channels_softmax_maxval": normalize_channels_softmax_maxval,
    "zero": torch.zeros_like,
}
