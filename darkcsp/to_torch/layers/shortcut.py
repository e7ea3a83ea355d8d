"""[shortcut] as a module."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkcsp.layers.shortcut import Shortcut
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.tracing import is_traced

EPSILON = 1e-4
"""What Darknet adds to the sum that normalises the factors."""

LEAST = 1e-3
"""What relu becomes when Darknet fixes the factors for inference (lrelu in src/network.c)."""


@builds(Shortcut)
class ShortcutModule(LayerModule):
    """Sum of the sources, each with its factor where there are factors."""

    def __init__(self, spec: Shortcut) -> None:
        super().__init__()
        self.alpha, self.beta = spec.alpha, spec.beta
        self.normalization = spec.weights_normalization
        start = 0.0 if spec.weights_normalization == "logistic" else 1.0
        self.weights = nn.Parameter(torch.full(spec.blobs[0].shape, start)) if spec.blobs else None
        self.activation = Activation(spec.activation)
        self.channels, first = spec.input.c, (spec.input.h, spec.input.w)
        self.missing = [spec.input.c - shape.c for shape in spec.inputs[1:]]
        self.elsewhere = [(shape.h, shape.w) != first for shape in spec.inputs[1:]]

    def forward(self, x: Tensor, *others: Tensor) -> Tensor:
        """Return the activated sum, in the first source's shape."""
        if (self.alpha, self.beta) != (1.0, 1.0):
            return self.activation(self._blend(x, others[0]))
        factors = self.factors()
        total = x if factors is None else x * factors[0]
        for position, other in enumerate(others, 1):
            other = self._fit(position - 1, other, x)
            total = total + (other if factors is None else other * factors[position])
        return self.activation(total)

    def _blend(self, x: Tensor, other: Tensor) -> Tensor:
        """alpha x + beta other where the source has a value, x elsewhere."""
        covered = self._fit(0, torch.ones_like(other[:1]), x) > 0
        return torch.where(covered, self.alpha * x + self.beta * self._fit(0, other, x), x)

    def _fit(self, number: int, other: Tensor, like: Tensor) -> Tensor:
        """Bring a source to the shape of the layer above: sample or spread it, cut or zero-fill its channels."""
        # A trace cannot compare shapes; the cfg's say the same.
        if self.elsewhere[number] if is_traced() else other.shape[2:] != like.shape[2:]:
            other = _resample(other, like.shape[2], like.shape[3])
        missing = self.missing[number]
        if missing > 0:
            other = F.pad(other, [0, 0, 0, 0, 0, missing])
        return other if missing >= 0 else other[:, : self.channels]

    def factors(self) -> Tensor | None:
        """Normalised factors, (sources, 1 or c, 1, 1)."""
        if self.weights is None:
            return None
        weights: Tensor = self.weights
        if self.normalization == "logistic":
            return (torch.sigmoid(weights) * (2 / len(weights)))[:, :, None, None]
        if self.normalization == "relu":
            weights = F.relu(weights) if self.training else weights.clamp(min=LEAST)
        elif self.normalization == "softmax":
            weights = torch.exp(weights - weights.amax(0, keepdim=True))
        if self.normalization != "none":
            weights = weights / (weights.sum(0, keepdim=True) + EPSILON)
        return weights[:, :, None, None]

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """weights."""
        return {} if self.weights is None else {"weights": self.weights}


def _resample(other: Tensor, h: int, w: int) -> Tensor:
    """pjreddie's shortcut_cpu: every stride-th value of a larger source, a smaller one spread with zeros between."""
    stride = other.shape[2] // h
    if stride >= 1:
        return other[:, :, : h * stride : stride, : w * stride : stride]
    step = h // other.shape[2]
    spread = other.new_zeros(*other.shape[:2], h, w)
    spread[:, :, : other.shape[2] * step : step, : other.shape[3] * step : step] = other
    return spread
