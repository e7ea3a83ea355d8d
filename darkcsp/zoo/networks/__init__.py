"""Networks: one file per family. Each file's `FAMILY` is collected here, so a new file adds models and backbones."""

from __future__ import annotations

import importlib
import pkgutil

from darkcsp.zoo.entry import Family

FAMILIES: tuple[Family, ...] = tuple(
    importlib.import_module(f"{__name__}.{name}").FAMILY
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__))
)
