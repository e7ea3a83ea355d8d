"""Sections to frozen specs: output shape, parameter blobs in file order, FLOPs. Standard library only.

Every module of this folder is imported here, which registers its layers: adding a file adds its sections.
"""

import importlib
import pkgutil

from darkcsp.spec import Blob, Position, Shape, Spec, StateSpec, layer, registered

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["Blob", "Position", "Shape", "Spec", "StateSpec", "layer", "registered"]
