"""Decode raw detection heads into rows of boxes with NumPy: the same output as that of ONNX models with decoded heads.

Every public module in this folder is imported here, which registers its decoders.
"""

import importlib
import pkgutil

from darkcsp.decode.heads import decode

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["decode"]
