"""[gru] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.gru import Gru
from darkcsp.to_torch.activations import Activation
from darkcsp.to_torch.recurrent import PartsModule
from darkcsp.to_torch.registry import builds


@builds(Gru)
class GruModule(PartsModule):
    """A gated recurrent unit."""

    def __init__(self, spec: Gru) -> None:
        super().__init__(spec)
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return (output, hidden), which are the same."""
        z = torch.sigmoid(self.run("uz", x) + self.run("wz", hidden))
        r = torch.sigmoid(self.run("ur", x) + self.run("wr", hidden))
        new = self.activation(self.run("uh", x) + self.run("wh", r * hidden))
        state = z * hidden + (1 - z) * new
        return state, state
