"""Which spec a section becomes: the registry of section names."""

from __future__ import annotations

from typing import TypeVar

from darkcsp.spec.spec import Spec

SpecType = TypeVar("SpecType", bound=type[Spec])
_SPECS: dict[str, type[Spec]] = {}


def layer(spec: SpecType) -> SpecType:
    """Register a spec class for its section names (class decorator). Raises ValueError for a name that is taken."""
    for name in spec.sections:
        if name in _SPECS:
            raise ValueError(f"[{name}] is registered twice: {_SPECS[name].__name__} and {spec.__name__}")
        _SPECS[name] = spec
    return spec


def registered() -> dict[str, type[Spec]]:
    """Return section name -> spec class."""
    return dict(_SPECS)
