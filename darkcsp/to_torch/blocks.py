"""The rearrangement of blocks of pixels that [reorg] and [reorg3d] share."""

from __future__ import annotations

from torch import Tensor

from darkcsp.spec.blocks import Blocks
from darkcsp.to_torch.registry import LayerModule
from darkcsp.to_torch.windows import fitted


class BlocksModule(LayerModule):
    """A rearrangement of blocks of pixels."""

    def __init__(self, spec: Blocks) -> None:
        super().__init__()
        self.spec = spec
        self.order = (0, 4, 2, 1, 3) if spec.columns_first else (0, 2, 4, 1, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return the values in their new order."""
        spec = fitted(self.spec, x)
        (rows, columns), stride = spec.grid, spec.stride
        if spec.reverse:
            blocks = x.reshape(-1, stride, stride, rows, columns).permute(0, 3, 1, 4, 2)
        else:
            blocks = x.reshape(-1, rows, stride, columns, stride).permute(*self.order)
        return blocks.reshape(-1, *spec.output)
