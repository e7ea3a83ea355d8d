"""What detection heads are given, to rows of boxes: the output of ONNX models with decoded heads, made with NumPy.

Every public module of this folder is imported here, which registers its decoders.
"""

import importlib
import pkgutil

from darkcsp.decode.heads import decode

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["decode"]
