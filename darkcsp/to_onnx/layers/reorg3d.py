"""[reorg3d] as nodes: those of [reorg]."""

from __future__ import annotations

from darkcsp.layers.reorg3d import Reorg3d
from darkcsp.to_onnx.layers.reorg import lower_blocks
from darkcsp.to_onnx.registry import lowers

lowers(Reorg3d)(lower_blocks)
