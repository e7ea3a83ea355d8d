"""The backends: which there are, the engines of each, and how to open a model with one.

A backend is a file of this folder with two functions: `engines()`, what its library offers on this machine, and one
that opens a model with one of these. Its library is imported by these alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata

from darkcsp.errors import ModelError
from darkcsp.runtimes.runtime import Backend, Runtime
from darkcsp.runtimes.source import DarknetSource, Source


@dataclass(frozen=True)
class _Library:
    """What is known of a backend without importing its library.

    Attributes:
        module: name that it is imported by.
        distributions: names that it may be installed by.
        passed_over: engines that are never chosen by measuring: those that change numbers, or take minutes to start.
    """

    module: str
    distributions: tuple[str, ...]
    passed_over: tuple[str, ...] = ()


_LIBRARIES: dict[Backend, _Library] = {
    "onnxruntime": _Library("onnxruntime", ("onnxruntime", "onnxruntime-gpu")),
    "openvino": _Library("openvino", ("openvino",), passed_over=("bf16",)),
    "opencv": _Library(
        "cv2",
        (
            "opencv-python",
            "opencv-python-headless",
            "opencv-contrib-python",
            "opencv-contrib-python-headless",
        ),
    ),
    "torch": _Library("torch", ("torch",), passed_over=("compile",)),
}
"""The most trusted first: where two of them disagree, the earlier one is believed."""

BACKENDS: tuple[Backend, ...] = tuple(_LIBRARIES)


@dataclass(frozen=True)
class Candidate:
    """A backend and one of its engines."""

    backend: Backend
    engine: str

    def __str__(self) -> str:
        return f"{self.backend}/{self.engine}"


def engines_of(backend: Backend) -> tuple[str, ...]:
    """Return the names of a backend's engines on this machine.

    opencv: those of the installed OpenCV: "new", "classic", "ort". onnxruntime: "default". openvino: "f32", and "bf16"
    where the CPU calculates so. torch: "eager", "compile". Raises MissingBackendError where its library is missing.
    """
    engines: Callable[[], tuple[str, ...]] = import_module(f"darkcsp.runtimes.{backend}").engines
    return engines()


def candidates(backend: Backend | None, source: Source) -> list[Candidate]:
    """Return what may be measured: each engine of a backend, or of all that are installed and can take the source.

    Raises MissingBackendError where the backend's library is missing.
    """
    chosen = (backend,) if backend else tuple(name for name in BACKENDS if is_installed(name))
    return [
        Candidate(name, engine)
        for name in chosen
        if name != "torch" or source.as_modules
        for engine in engines_of(name)
        if engine not in _LIBRARIES[name].passed_over
    ]


def is_installed(backend: Backend) -> bool:
    """Tell whether a backend's library is there, without importing it."""
    try:
        return importlib.util.find_spec(_LIBRARIES[backend].module) is not None
    except ValueError:  # something stands in its place in sys.modules
        return False


def version_of(backend: Backend) -> str:
    """Return the version of a backend's library, "" where it was not installed by a name that is known."""
    for name in _LIBRARIES[backend].distributions:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    return ""


def open_candidate(source: Source, candidate: Candidate, threads: int | None) -> Runtime:
    """Open a model with one engine.

    Raises:
        MissingBackendError: the backend's library is not installed.
        UnsupportedLayerError, WeightsError: cfg and weights cannot be used.
        ModelError: there is no such engine, or it cannot read the model.
    """
    backend, engine = candidate.backend, candidate.engine
    if backend == "torch":
        from darkcsp.runtimes.torch import open_torch

        if not isinstance(source, DarknetSource):
            raise ModelError(f"{source.path}: the torch backend runs cfg and weights, not ONNX files")
        return open_torch(source.graph, source.weights, source.head, engine, threads)
    if backend == "onnxruntime":
        from darkcsp.runtimes.onnxruntime import open_onnxruntime as open_onnx
    elif backend == "openvino":
        from darkcsp.runtimes.openvino import open_openvino as open_onnx
    else:
        from darkcsp.runtimes.opencv import open_opencv as open_onnx
    return open_onnx(source.onnx(backend, engine), engine, threads)
