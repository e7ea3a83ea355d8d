"""[lstm] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.lstm import Lstm
from darkcsp.to_torch.recurrent import PartsModule
from darkcsp.to_torch.registry import LayerResult, builds


@builds(Lstm)
class LstmModule(PartsModule):
    """A long short-term memory of fully connected parts."""

    def forward(self, x: Tensor, hidden: Tensor, cell: Tensor) -> LayerResult:
        """Return the output, which is hidden; the states are hidden and cell."""
        f, i, g, o = (self.run(f"w{gate}", hidden) + self.run(f"u{gate}", x) for gate in "figo")
        cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
        hidden = torch.sigmoid(o) * torch.tanh(cell)
        return LayerResult(hidden, states=(hidden, cell))
