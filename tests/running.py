"""Small networks as ONNX models, and what ONNX Runtime makes of them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime  # type: ignore[import-untyped]

from darkcsp.to_onnx import build_onnx
from tests.networks import graph_of, weights_of

THREADS = 1 if "PYTEST_XDIST_WORKER" in os.environ else 0
"""One each where tests run side by side, else what ONNX Runtime takes on its own."""


def model_of(text: str, **options: Any) -> onnx.ModelProto:
    """Convert cfg text with random weights; options are those of `build_onnx`."""
    graph = graph_of(text)
    return build_onnx(graph, weights_of(graph), **options)


def session_of(model: onnx.ModelProto | bytes) -> Any:
    """Open a model in ONNX Runtime; of a large one give the bytes alone, to keep it in memory once less."""
    data = model if isinstance(model, bytes) else model.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run_model(model: onnx.ModelProto, **given: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float32]]:
    """Return all outputs of a model by name, in its order."""
    session = session_of(model)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, given), strict=True))
