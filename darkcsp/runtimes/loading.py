"""Opens a model with one engine, for any number of threads, and lists the engines that can open it."""

from __future__ import annotations

from collections.abc import Sequence

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.targets import target_for
from darkcsp.runtimes.backend import AUTO, CPU, FASTEST, Backend, Candidate, Engine, Threads
from darkcsp.runtimes.backends import BACKENDS, backend_named
from darkcsp.runtimes.fitting import check_fit
from darkcsp.runtimes.forking import is_lost, note_opening
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.sharing import for_all, one_at_a_time, pooled
from darkcsp.runtimes.source import DarknetSource, ModelSource


def candidates(name: str | None, source: ModelSource, device: str = CPU) -> list[Candidate]:
    """Return the engines to choose from: those of one backend, or of all usable backends that can open the source.

    Engines that change numbers, take minutes to start or cannot run on the device are excluded.

    Raises:
        MissingBackendError: the library of the named backend is missing.
        ArgumentError: none of the engines runs on the device.
    """
    usable = (backend for backend in BACKENDS.values() if backend.is_installed() and not is_lost(backend))
    chosen = [backend_named(name)] if name else list(usable)
    fitting = [backend for backend in chosen if can_open(backend, source)]
    found = [
        Candidate(backend.name, engine.name, device)
        for backend in fitting
        for engine in backend.engines()
        if engine.may_be_chosen and has_device(backend, engine.name, device)
    ]
    if fitting and not found:
        raise no_device(device, fitting)
    return found


def may_be_measured(name: str) -> bool:
    """Return whether there may be several engines to choose from, of one backend or, with "auto", of all."""
    return name == AUTO or sum(engine.may_be_chosen for engine in backend_named(name).engines()) > 1


def has_device(backend: Backend, engine: str, device: str) -> bool:
    """Return whether an engine of a backend runs on a device here."""
    return device == CPU or device in backend.devices(engine)


def can_open(backend: Backend, source: ModelSource) -> bool:
    """Return whether a backend can open models of a source's kind."""
    return backend.reads_onnx or isinstance(source, DarknetSource)


def open_candidate(source: ModelSource, candidate: Candidate, threads: int | None, workers: int = 1) -> Runtime:
    """Open a model with one engine; `threads` and `workers` are those of `open_runtime`.

    Raises:
        ArgumentError: there is no such backend or engine, the backend cannot open models of this kind, or there are
            several workers for a recurrent network.
        MissingBackendError: the backend's library is not installed.
        UnsupportedLayerError, WeightsError: cfg and weights cannot be used.
        ModelError: the engine cannot read the model, is known to get it wrong (see `fitting`), or does not survive an
            earlier `os.fork`.
    """
    backend, engine = check_candidate(candidate)
    place = Candidate(backend.name, engine.name, candidate.device)
    note_opening(backend, source.path)
    asked = Threads(threads, workers)
    each = [asked] if engine.concurrent else workers * [Threads(asked.each)]
    sessions = _open_sessions(source, backend, place, each)
    if workers > 1 and sessions[0].recurrent:
        message = (
            f"{source.path}: carries state from one picture to the next, so it can have only one worker; open it "
            "again for each sequence"
        )
        raise ArgumentError("workers", workers, "1", message)
    if len(sessions) > 1:
        return pooled(sessions)
    return for_all(sessions[0]) if engine.concurrent and not sessions[0].recurrent else one_at_a_time(sessions[0])


def _open_sessions(source: ModelSource, backend: Backend, place: Candidate, each: Sequence[Threads]) -> list[Runtime]:
    """Open a model several times."""
    if backend.open_network is not None and isinstance(source, DarknetSource):
        return [backend.open_network(source, place, threads) for threads in each]
    if backend.open_file is None:
        raise takes_no_onnx(backend, source.path)
    with source.onnx(target_for(backend.name, place.engine), backend.batch) as file:
        check_fit(file, backend, place.engine)
        return [backend.open_file(file, place, threads) for threads in each]


def check_candidate(candidate: Candidate) -> tuple[Backend, Engine]:
    """Return a backend and its engine.

    Raises ArgumentError if there is no such backend or engine, or the engine does not run on the device,
    MissingBackendError if the backend is not installed.
    """
    backend = backend_named(candidate.backend)
    engine = _checked_engine(backend, candidate.engine)
    if not has_device(backend, engine.name, candidate.device):
        raise no_device(candidate.device, [backend], engine.name)
    return backend, engine


def takes_no_onnx(backend: Backend, path: str) -> ArgumentError:
    """Return the error for an ONNX file passed to a backend that runs cfg and weights."""
    others = " or ".join(other.name for other in BACKENDS.values() if other.reads_onnx)
    message = f"{path}: the {backend.name} backend runs cfg and weights, not ONNX files; use {others}"
    return ArgumentError("backend", backend.name, others, message)


def no_device(device: str, backends: Sequence[Backend], engine: str | None = None) -> ArgumentError:
    """Return the error for a device that backends do not have here, or that an engine does not run on."""
    found = {
        backend: dict.fromkeys(
            device for item in backend.engines() if engine in (None, item.name) for device in backend.devices(item.name)
        )
        for backend in backends
    }
    of_engine = f" engine {engine!r}" if engine else ""
    offered = "; ".join(f"{backend.title}{of_engine} runs on {', '.join(names)}" for backend, names in found.items())
    expected = ", ".join(dict.fromkeys(name for names in found.values() for name in names))
    return ArgumentError("device", device, expected, f"device {device!r} is not available here: {offered}")


def _checked_engine(backend: Backend, name: str) -> Engine:
    """Return an engine by name, the backend's first for "auto". Raises ArgumentError if there is no such engine."""
    offered = {engine.name: engine for engine in backend.engines()}
    if name == AUTO:
        return next(iter(offered.values()))
    if name not in offered:
        expected = ", ".join(sorted({AUTO, FASTEST, *offered}))
        message = f"{backend.title} {backend.library().__version__} has no engine {name!r}; it offers {expected}"
        raise ArgumentError("engine", name, f"one of {expected}", message)
    return offered[name]
