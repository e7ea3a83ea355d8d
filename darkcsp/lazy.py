"""Public names that are imported on first use, so that importing a package costs nothing."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str], modules: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package.

    A name is looked up once and then kept as an attribute of the package. Type checkers should see ordinary imports
    instead, so assign the two functions under `if not TYPE_CHECKING`.

    Args:
        package: the package's `__name__`.
        homes: public name -> module that defines it.
        modules: submodules of the package that are public names themselves.
    """
    public = (*homes, *modules)

    def get(name: str) -> Any:
        if name in homes:
            value = getattr(importlib.import_module(homes[name]), name)
        elif name in modules:
            value = importlib.import_module(f"{package}.{name}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)
        return value

    def list_names() -> list[str]:
        return sorted({*public, *vars(sys.modules[package])})

    return get, list_names
