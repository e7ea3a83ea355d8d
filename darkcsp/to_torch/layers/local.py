"""[local] as a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from darkcsp.layers.local import Local
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Local)
class LocalModule(LayerModule):
    """A matrix product for each position of the window."""

    def __init__(self, spec: Local) -> None:
        super().__init__()
        biases, weights = spec.blobs
        # Left uninitialised: the network fills them from a file, or calls reset_parameters.
        self.weight = nn.Parameter(torch.empty(weights.shape))
        self.bias = nn.Parameter(torch.empty(biases.shape))
        self.size, self.stride, self.padding = spec.size, spec.stride, spec.padding
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, filters, h, w)."""
        windows = F.unfold(x, self.size, padding=self.padding, stride=self.stride).permute(2, 1, 0)
        sums = torch.bmm(self.weight.flatten(2), windows).permute(2, 1, 0)
        return self.activation(sums.reshape(-1, *self.bias.shape) + self.bias)

    def reset_parameters(self) -> None:
        """Draw weights as He et al. (2015) do, for every position; biases are 0."""
        bound = (2 / self.weight[0, 0].numel()) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.zeros_(self.bias)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """As nn.Module, with parameters of three dimensions: torch cannot bring those of five to channels_last."""
        super()._apply(lambda tensor: fn(tensor.flatten(2)).reshape(tensor.shape), recurse)  # type: ignore[no-untyped-call]
        return self

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """biases, weights."""
        return {"biases": self.bias, "weights": self.weight}
