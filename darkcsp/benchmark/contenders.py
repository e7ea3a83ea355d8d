"""Ways to run a model: backend, engine and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.forms import Precision
from darkcsp.runtimes.backends import AUTO, BACKENDS, FASTEST, Engine, backend_named, is_installed


@dataclass(frozen=True)
class Contender:
    """One way to run a model; `engine` may be "auto" or "fastest"."""

    backend: str
    engine: str = AUTO
    precision: Precision = "fp32"

    def __str__(self) -> str:
        return f"{self.backend}/{self.engine}/{self.precision}"


def contenders(
    backends: Sequence[str] = (), engines: Sequence[str] = (), precisions: Sequence[Precision] = ()
) -> list[Contender]:
    """Combine backends, engines and precisions.

    Args:
        backends: by default, all that are installed.
        engines: which, of those that a backend has; by default all but those that take minutes to start. "auto" is the
            one chosen by rule, "fastest" the one measured to be the fastest.
        precisions: by default, float32 only.

    Raises ArgumentError for an unknown backend, and for an engine that none of the backends has.
    """
    chosen = list(dict.fromkeys(backends)) or [backend for backend in BACKENDS if is_installed(backend)]
    offered = {backend: _offered(backend) for backend in chosen}
    names = {backend: [engine.name for engine in found] for backend, found in offered.items()}
    for engine in engines:
        if engine not in (AUTO, FASTEST) and all(engine not in found for found in names.values()):
            known = "; ".join(f"{backend}: {', '.join(found)}" for backend, found in names.items())
            message = f"engine {engine!r}: none of the backends has it; {known}"
            raise ArgumentError("engines", engine, known, message)
    return [
        Contender(backend, engine, precision)
        for backend in chosen
        for engine in _chosen(offered[backend], engines)
        for precision in dict.fromkeys(precisions or ("fp32",))
    ]


def _offered(backend: str) -> tuple[Engine, ...]:
    """Return a backend's engines, or "auto" if it is not installed; running it will then report that."""
    return backend_named(backend).engines() if is_installed(backend) else (Engine(AUTO),)


def _chosen(offered: Sequence[Engine], wanted: Sequence[str]) -> list[str]:
    if not wanted:
        return [engine.name for engine in offered if engine.quick_to_start]
    names = {AUTO, FASTEST, *(engine.name for engine in offered)}
    return [name for name in dict.fromkeys(wanted) if name in names]
