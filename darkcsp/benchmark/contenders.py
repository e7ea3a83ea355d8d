"""Ways to run a model: backend, engine and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from darkcsp.errors import ModelError
from darkcsp.modelfile.forms import Precision
from darkcsp.runtimes.backends import BACKENDS, engines_of, is_installed
from darkcsp.runtimes.runtime import AUTO, Backend

_SLOW_TO_START = {("torch", "compile")}


@dataclass(frozen=True)
class Contender:
    """One way to run a model; `engine` may be "auto"."""

    backend: Backend
    engine: str = AUTO
    precision: Precision = "fp32"

    def __str__(self) -> str:
        return f"{self.backend}/{self.engine}/{self.precision}"


def contenders(
    backends: Sequence[Backend] = (), engines: Sequence[str] = (), precisions: Sequence[Precision] = ()
) -> list[Contender]:
    """Combine backends, engines and precisions.

    Args:
        backends: which; by default those that are installed.
        engines: which, of those that a backend has; by default all but torch's "compile", which takes a minute to
            start. "auto" stands for the backend's own choice.
        precisions: which; float32 by default.

    Raises ModelError for an engine that none of the backends has.
    """
    chosen = list(dict.fromkeys(backends)) or [backend for backend in BACKENDS if is_installed(backend)]
    offered = {backend: _offered(backend) for backend in chosen}
    for engine in engines:
        if engine != AUTO and all(engine not in names for names in offered.values()):
            known = "; ".join(f"{backend}: {', '.join(names)}" for backend, names in offered.items())
            raise ModelError(f"engine {engine!r}: none of the backends has it; {known}")
    return [
        Contender(backend, engine, precision)
        for backend in chosen
        for engine in _chosen(backend, offered[backend], engines)
        for precision in dict.fromkeys(precisions or ("fp32",))
    ]


def _offered(backend: Backend) -> list[str]:
    """Engines by name; those of a backend that is not installed are not known, and running it will say why."""
    if not is_installed(backend):
        return [AUTO]
    return list(engines_of(backend))


def _chosen(backend: Backend, offered: Sequence[str], engines: Sequence[str]) -> list[str]:
    if engines:
        return [name for name in dict.fromkeys(engines) if name == AUTO or name in offered]
    return [name for name in offered if (backend, name) not in _SLOW_TO_START]
