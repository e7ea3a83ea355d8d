"""ONNX Runtime, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError, first_line
from darkcsp.runtimes.backend import Backend, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_ERRORS_ONLY = 3


def _engines() -> tuple[Engine, ...]:
    BACKEND.library()
    return (Engine("default", concurrent=True),)


def _open_file(model: OnnxFile, engine: str, threads: Threads) -> Session:
    import numpy as np

    from darkcsp.runtimes.session import Session

    onnxruntime = BACKEND.library()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    if threads.total is not None:
        # Each thread that runs the model takes part in the work, and is counted as one of the pool.
        options.intra_op_num_threads = max(threads.total - threads.workers + 1, 1)
    try:
        session = onnxruntime.InferenceSession(model.file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base but this
        raise ModelError(model.path, f"ONNX Runtime cannot read it: {first_line(error)}") from None
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        return [np.asarray(output, np.float32) for output in session.run(names, dict(feeds))]

    return Session(f"{BACKEND.name}/{engine}", model, forward)


BACKEND = Backend(
    name="onnxruntime",
    title="ONNX Runtime",
    about="ONNX Runtime",
    module="onnxruntime",
    distributions=("onnxruntime", "onnxruntime-gpu"),
    package="onnxruntime",
    rank=0,
    colour="#E69F00",
    engines=_engines,
    open_file=_open_file,
    batch=None,
    survives_fork=True,
)
