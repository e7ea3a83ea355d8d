"""OpenCV's dnn module, of OpenCV 4.10 and later and of OpenCV 5."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.runtime import Array, checked_engine
from darkcsp.runtimes.session import Session

_SILENT = 0


def engines() -> tuple[str, ...]:
    """Return the engines of the installed OpenCV, those first that new models are written for.

    OpenCV 4 has one, "classic". Raises MissingBackendError where OpenCV is not installed.
    """
    return tuple(_numbers(_import()))


def open_opencv(model: OnnxFile, engine: str, threads: int | None = None) -> Session:
    """Open a model with OpenCV.

    Args:
        model: the model.
        engine: one of `engines()`.
        threads: threads of all of OpenCV's work in this process; None leaves them as they are.

    Raises:
        MissingBackendError: OpenCV is not installed.
        ModelError: this OpenCV has no such engine, or cannot read the model.
    """
    cv2 = _import()
    offered = _numbers(cv2)
    checked_engine(engine, tuple(offered), f"OpenCV {cv2.__version__}")
    if engine == "classic" and Metadata.from_properties(model.properties, model.path).suppression is not None:
        raise ModelError(  # what it reads all the same gives nonsense
            f"{model.path}: ends in final boxes, which OpenCV's engine 'classic' cannot find; use another engine or "
            "backend, or 'darkcsp convert --head decoded'"
        )
    try:
        with silenced(cv2):
            net = _read(cv2, model, offered[engine])
    except OSError as error:
        raise ModelError(f"{model.path}: cannot be put into a temporary file: {error.strerror}") from None
    except cv2.error as error:
        raise ModelError(f"{model.path}: OpenCV {cv2.__version__} cannot read it: {_reason(error)}") from None
    if net.empty():  # how OpenCV 5's new engine says so
        raise ModelError(f"{model.path}: OpenCV {cv2.__version__} cannot read it with its engine {engine!r}")
    if threads is not None:
        cv2.setNumThreads(threads)
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Array]) -> list[Array]:
        for name, values in feeds.items():
            net.setInput(values, name)
        # Each array is the caller's own, the binding copied it; None is an output without elements.
        return [np.asarray([] if output is None else output, np.float32) for output in net.forward(names)]

    return Session(f"opencv/{engine}", model, forward, at_once=1)


def _read(cv2: Any, model: OnnxFile, number: int | None) -> Any:
    if number is None:
        return cv2.dnn.readNetFromONNX(model.path if model.data is None else np.frombuffer(model.data, np.uint8))
    if model.data is None:
        return cv2.dnn.readNetFromONNX(model.path, number)
    with tempfile.TemporaryDirectory() as folder:  # from memory, OpenCV 5.0 takes "new", whatever it is asked for
        path = Path(folder, "model.onnx")
        path.write_bytes(model.data)
        return cv2.dnn.readNetFromONNX(str(path), number)


@contextlib.contextmanager
def silenced(cv2: Any) -> Iterator[None]:
    """Keep OpenCV from writing to standard error what its exception says as well."""
    log = cv2.utils.logging if hasattr(cv2.utils, "logging") else cv2  # 4.10 has them at its top
    level = log.getLogLevel()
    log.setLogLevel(_SILENT)
    try:
        yield
    finally:
        log.setLogLevel(level)


def _numbers(cv2: Any) -> dict[str, int | None]:
    """The engines by name; None stands for what OpenCV 4 has, before there were several."""
    found: dict[str, int | None] = {
        name.removeprefix("ENGINE_").lower(): getattr(cv2.dnn, name)
        for name in sorted(dir(cv2.dnn), reverse=True)
        if name.startswith("ENGINE_") and name != "ENGINE_AUTO"
    }
    if "ort" in found:
        # Without ONNX Runtime, OpenCV would take another engine silently; with it, "ort" is the least tried.
        number = found.pop("ort")
        if not re.search(r"ONNX Runtime:\s+NO\b", cv2.getBuildInformation()):
            found["ort"] = number
    return found or {"classic": None}


def _reason(error: Exception) -> str:
    """The innermost of OpenCV's messages, without file, function and error code."""
    text = " ".join(line.strip("> ") for line in str(error).splitlines())
    innermost = [part for part in re.split(r"OpenCV\([^)]*\)\s*\S*\s*error:\s*\([^)]*\)", text) if part.strip()]
    return re.sub(r"\s*in function '[^']*'\s*", " ", innermost[-1] if innermost else text).strip()


def _import() -> Any:
    try:
        import cv2
    except ImportError:
        raise MissingBackendError("opencv", "opencv-python") from None
    return cv2
