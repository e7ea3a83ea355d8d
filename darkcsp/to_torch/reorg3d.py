"""[reorg3d] as a module: that of [reorg]."""

from __future__ import annotations

from darkcsp.layers.reorg3d import Reorg3d
from darkcsp.to_torch.registry import builds
from darkcsp.to_torch.reorg import BlocksModule

builds(Reorg3d)(BlocksModule)
