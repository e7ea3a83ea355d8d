"""Detection heads: one file per family. Each file's `HEADS` are collected here, so a new file adds its heads."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping

from darkcsp.zoo.parts import HeadChoice


def _collect() -> Iterable[HeadChoice]:
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        yield from importlib.import_module(f"{__name__}.{name}").HEADS


HEADS: Mapping[str, HeadChoice] = {head.name: head for head in _collect()}
"""Name -> head."""
