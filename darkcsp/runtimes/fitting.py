"""Refuses files that an engine is known to get wrong, before it opens them, and names engines that can run them."""

from __future__ import annotations

from darkcsp.errors import ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.backend import Backend
from darkcsp.runtimes.backends import BACKENDS


def check_fit(model: OnnxFile, backend: Backend, engine: str) -> None:
    """Raise ModelError if a backend's engine is unfit for a file; the error names engines that can run it."""
    metadata = Metadata.from_properties(model.properties, model.path)
    reason = backend.unfit(metadata, engine)
    if reason is not None:
        raise ModelError(model.path, f"{reason}; {_remedy(metadata, backend)}")


def fit_engines(metadata: Metadata, backend: Backend) -> list[str]:
    """Return the names of a backend's engines that may be chosen and are fit for a file of this metadata."""
    return [
        engine.name
        for engine in backend.engines()
        if engine.may_be_chosen and backend.unfit(metadata, engine.name) is None
    ]


def _remedy(metadata: Metadata, backend: Backend) -> str:
    """Name the fit engines of the backend, and the most trusted of the others that is installed and has one."""
    others = (item for item in BACKENDS.values() if item is not backend and item.reads_onnx and item.is_installed())
    found = [f"engine {name!r} (--engine {name})" for name in fit_engines(metadata, backend)]
    found += [use_backend(item) for item in others if fit_engines(metadata, item)][:1]
    return f"use {' or '.join(found)}" if found else "no installed backend can run it"


def use_backend(backend: Backend) -> str:
    """Return how to select a backend, in code and on the command line."""
    return f"backend {backend.name!r} (--backend {backend.name})"
