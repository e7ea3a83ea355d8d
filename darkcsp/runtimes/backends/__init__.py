"""The backends, one file each, which describes it as `BACKEND`. Importing this package imports none of their libraries.

Every module of this folder is imported here: adding a file adds a backend to the command line, "auto", benchmarks and
charts.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from darkcsp.errors import ArgumentError
from darkcsp.runtimes.backend import AUTO, CPU, FASTEST, Backend, Candidate, Engine

__all__ = [
    "AUTO",
    "BACKENDS",
    "CPU",
    "FASTEST",
    "Backend",
    "Candidate",
    "Engine",
    "backend_named",
    "engines_of",
    "is_installed",
]


def collect(backends: Iterable[Backend]) -> Mapping[str, Backend]:
    """Return backends by name, the most trusted first. Raises ValueError if two share a name or a rank."""
    found: dict[str, Backend] = {}
    for backend in sorted(backends, key=lambda backend: backend.rank):
        others = [other for other in found.values() if backend.name == other.name or backend.rank == other.rank]
        if others:
            raise ValueError(f"backend {backend.name!r} has the name or rank ({backend.rank}) of {others[0].name!r}")
        found[backend.name] = backend
    return MappingProxyType(found)


BACKENDS: Mapping[str, Backend] = collect(
    importlib.import_module(f"{__name__}.{info.name}").BACKEND for info in pkgutil.iter_modules(__path__)
)
"""Name -> backend, the most trusted first."""


def backend_named(name: str) -> Backend:
    """Return a backend by name. Raises ArgumentError if it is unknown."""
    if name not in BACKENDS:
        raise ArgumentError("backend", name, f"one of {', '.join((AUTO, *BACKENDS))}")
    return BACKENDS[name]


def engines_of(name: str) -> tuple[str, ...]:
    """Return the names of a backend's engines on this machine, the one that new models are written for first.

    Raises ArgumentError for an unknown backend, MissingBackendError if its library is not installed.
    """
    return tuple(engine.name for engine in backend_named(name).engines())


def is_installed(name: str) -> bool:
    """Return whether a backend is installed, without importing it. Raises ArgumentError for an unknown backend."""
    return backend_named(name).is_installed()
