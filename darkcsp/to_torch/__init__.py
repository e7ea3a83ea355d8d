"""Specs and arrays to an nn.Module. The only folder that imports torch.

Every public module of this folder is imported here, which registers its builders.
"""

import importlib
import pkgutil

from darkcsp.to_torch.loading import load
from darkcsp.to_torch.network import LayerOutputs, Network

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["LayerOutputs", "Network", "load"]
