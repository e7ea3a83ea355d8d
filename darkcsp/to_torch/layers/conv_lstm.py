"""[conv_lstm] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.conv_lstm import ConvLstm
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.recurrent import PartsModule
from darkcsp.to_torch.registry import LayerResult, builds


@builds(ConvLstm)
class ConvLstmModule(PartsModule):
    """A long short-term memory of convolutions."""

    def __init__(self, spec: ConvLstm) -> None:
        super().__init__(spec)
        self.bottleneck, self.shortcut = spec.bottleneck, spec.shortcut
        self.limit = spec.state_constrain
        self.activation = Activation(spec.cell_activation)

    def forward(self, x: Tensor, hidden: Tensor, cell: Tensor) -> LayerResult:
        """Return the output; the states are hidden and cell."""
        if self.bottleneck:
            x = self.activation(self.run("wf", torch.cat([hidden, x], 1)))
        f = torch.sigmoid(self._gate("f", x, hidden, cell))
        i = torch.sigmoid(self._gate("i", x, hidden, cell))
        cell = f * cell + i * self.activation(self._gate("g", x, hidden, cell))
        o = torch.sigmoid(self._gate("o", x, hidden, cell))
        hidden = o * self.activation(cell)
        if self.limit:
            cell = cell.clamp(-self.limit, self.limit)
        output = self._shortened(hidden, x) if self.shortcut else hidden
        return LayerResult(output, states=(hidden, cell))

    def _gate(self, gate: str, x: Tensor, hidden: Tensor, cell: Tensor) -> Tensor:
        total = self.run(f"u{gate}", x)
        if not self.bottleneck:
            total = self.run(f"w{gate}", hidden) + total
        return total + self.run(f"v{gate}", cell) if f"v{gate}" in self.parts else total

    def _shortened(self, hidden: Tensor, joined: Tensor) -> Tensor:
        """Add what the gates have read to the first half of the values."""
        half = hidden[0].numel() // 2
        flat = hidden.flatten(1)
        return torch.cat([flat[:, :half] + joined.flatten(1)[:, :half], flat[:, half:]], 1).view_as(hidden)
