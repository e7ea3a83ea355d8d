"""[gru] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.gru import Gru
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.recurrent import PartsModule
from darkcsp.to_torch.registry import LayerResult, builds


@builds(Gru)
class GruModule(PartsModule):
    """A gated recurrent unit."""

    def __init__(self, spec: Gru) -> None:
        super().__init__(spec)
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor, hidden: Tensor) -> LayerResult:
        """Return the output, which is the state."""
        z = torch.sigmoid(self.run("uz", x) + self.run("wz", hidden))
        r = torch.sigmoid(self.run("ur", x) + self.run("wr", hidden))
        new = self.activation(self.run("uh", x) + self.run("wh", r * hidden))
        state = z * hidden + (1 - z) * new
        return LayerResult(state, states=(state,))
