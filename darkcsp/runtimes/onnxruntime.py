"""ONNX Runtime, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.runtimes.onnx_file import OnnxFile
from darkcsp.runtimes.runtime import Array, first_line
from darkcsp.runtimes.session import Session

_ERRORS_ONLY = 3


def open_onnxruntime(model: OnnxFile, threads: int | None = None) -> Session:
    """Open a model with ONNX Runtime.

    Args:
        model: the model.
        threads: threads of one run; None leaves the number to ONNX Runtime.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: it cannot read the model.
    """
    try:
        import onnxruntime  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("onnxruntime", "onnxruntime") from None
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

    return Session("onnxruntime", model, forward)
