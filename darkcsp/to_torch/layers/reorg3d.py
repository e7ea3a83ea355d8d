"""[reorg3d] as a module: that of [reorg]."""

from __future__ import annotations

from darkcsp.layers.reorg3d import Reorg3d
from darkcsp.to_torch.blocks import BlocksModule
from darkcsp.to_torch.registry import builds

builds(Reorg3d)(BlocksModule)
