"""Specs and arrays to ONNX nodes. Never imports torch.

Every public module of this folder is imported here, which registers its lowerings.
"""

import importlib
import pkgutil

from darkcsp.to_onnx.export import convert
from darkcsp.to_onnx.model import model_parts, to_onnx

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["convert", "model_parts", "to_onnx"]
