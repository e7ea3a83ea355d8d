"""What detection heads are given, to rows of boxes: one file per head. Importing the folder registers all of them."""

import importlib
import pkgutil

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")
