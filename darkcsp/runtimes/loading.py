"""Opens a model with one engine, and says which engines there are to open it with."""

from __future__ import annotations

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.targets import target_for
from darkcsp.runtimes.backend import AUTO, Backend, Candidate
from darkcsp.runtimes.backends import BACKENDS, backend_named
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import DarknetSource, ModelSource


def candidates(name: str | None, source: ModelSource) -> list[Candidate]:
    """Return what may be measured: the engines of a backend, or of all that are installed and can take the source.

    Engines that change numbers or take minutes to start are left out. Raises MissingBackendError where the library of
    the named backend is missing.
    """
    chosen = [backend_named(name)] if name else [backend for backend in BACKENDS.values() if backend.is_installed()]
    return [
        Candidate(backend.name, engine.name)
        for backend in chosen
        if can_open(backend, source)
        for engine in backend.engines()
        if engine.may_be_chosen
    ]


def can_open(backend: Backend, source: ModelSource) -> bool:
    """Tell whether a backend takes models of a source's kind."""
    return backend.reads_onnx or isinstance(source, DarknetSource)


def open_candidate(source: ModelSource, candidate: Candidate, threads: int | None) -> Runtime:
    """Open a model with one engine.

    Raises:
        ArgumentError: there is no such backend or engine, or the backend does not take models of this kind.
        MissingBackendError: the backend's library is not installed.
        UnsupportedLayerError, WeightsError: cfg and weights cannot be used.
        ModelError: the engine cannot read the model.
    """
    backend, engine = check_candidate(candidate)
    if backend.open_network is not None and isinstance(source, DarknetSource):
        return backend.open_network(source, engine, threads)
    if backend.open_file is None:
        raise takes_no_onnx(backend, source.path)
    with source.onnx(target_for(backend.name, engine), backend.batch) as file:
        return backend.open_file(file, engine, threads)


def check_candidate(candidate: Candidate) -> tuple[Backend, str]:
    """Return a backend and the name of its engine.

    Raises ArgumentError where there is no such backend or engine, MissingBackendError where it is not installed.
    """
    backend = backend_named(candidate.backend)
    return backend, _checked_engine(backend, candidate.engine)


def takes_no_onnx(backend: Backend, path: str) -> ArgumentError:
    """Return the error for an ONNX file that is given to a backend that runs cfg and weights."""
    others = " or ".join(other.name for other in BACKENDS.values() if other.reads_onnx)
    message = f"{path}: the {backend.name} backend runs cfg and weights, not ONNX files; use {others}"
    return ArgumentError("backend", backend.name, others, message)


def _checked_engine(backend: Backend, engine: str) -> str:
    """Return an engine's name, the backend's first for "auto". Raises ArgumentError where it has none of this name."""
    offered = [item.name for item in backend.engines()]
    if engine == AUTO:
        return offered[0]
    if engine not in offered:
        expected = ", ".join(sorted({AUTO, *offered}))
        message = f"{backend.title} {backend.library().__version__} has no engine {engine!r}; it offers {expected}"
        raise ArgumentError("engine", engine, f"one of {expected}", message)
    return engine
