"""[reorg] as modules."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from darkcsp.layers.reorg import Reorg, ReorgExtra, ReorgFlatten, ReorgPlanes
from darkcsp.to_torch.blocks import BlocksModule
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.windows import fitted

builds(Reorg)(BlocksModule)
builds(ReorgPlanes)(BlocksModule)


@builds(ReorgFlatten)
class ReorgFlattenModule(LayerModule):
    """A transposition of channels and pixels."""

    def __init__(self, spec: ReorgFlatten) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, x: Tensor) -> Tensor:
        """Return the values in their new order."""
        spec = fitted(self.spec, x)
        pixels = spec.input.h * spec.input.w
        matrix = (pixels, spec.input.c) if spec.reverse else (spec.input.c, pixels)
        return x.reshape(-1, *matrix).transpose(1, 2).reshape(-1, *spec.output)


@builds(ReorgExtra)
class ReorgExtraModule(LayerModule):
    """A vector with zeros behind it."""

    def __init__(self, spec: ReorgExtra) -> None:
        super().__init__()
        self.extra = spec.extra

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, values + extra, 1, 1)."""
        return F.pad(x.flatten(1), [0, self.extra])[:, :, None, None]
