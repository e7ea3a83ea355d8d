"""ONNX Runtime, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.runtime import Array, checked_engine, first_line
from darkcsp.runtimes.session import Session

_ERRORS_ONLY = 3
_ENGINE = "default"


def engines() -> tuple[str, ...]:
    """Return the one engine, "default". Raises MissingBackendError where ONNX Runtime is not installed."""
    _import()
    return (_ENGINE,)


def open_onnxruntime(model: OnnxFile, engine: str, threads: int | None = None) -> Session:
    """Open a model with ONNX Runtime.

    Args:
        model: the model.
        engine: "default".
        threads: threads of one run; None leaves the number to ONNX Runtime.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: it has no such engine, or cannot read the model.
    """
    onnxruntime = _import()
    checked_engine(engine, (_ENGINE,), f"ONNX Runtime {onnxruntime.__version__}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    if threads is not None:
        options.intra_op_num_threads = threads
    source = model.path if model.data is None else model.data
    try:
        session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base but this
        raise ModelError(f"{model.path}: ONNX Runtime cannot read it: {first_line(error)}") from None
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Array]) -> list[Array]:
        return [np.asarray(output, np.float32) for output in session.run(names, dict(feeds))]

    return Session(f"onnxruntime/{engine}", model, forward)


def _import() -> Any:
    try:
        import onnxruntime  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("onnxruntime", "onnxruntime") from None
    return onnxruntime
