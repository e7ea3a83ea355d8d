"""One file per layer family: turns a section into a frozen spec. No other code reads options. Standard library only.

Importing this package registers all of them: adding a file adds its sections.
"""

import importlib
import pkgutil

from darkcsp.spec.registry import registered
from darkcsp.spec.spec import Spec

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["Spec", "registered"]
