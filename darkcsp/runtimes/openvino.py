"""OpenVINO, on the CPU; an optional dependency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.runtimes.onnx_file import OnnxFile
from darkcsp.runtimes.runtime import Array, first_line
from darkcsp.runtimes.session import Session


def open_openvino(model: OnnxFile, threads: int | None = None) -> Session:
    """Open a model with OpenVINO, in float32.

    Args:
        model: the model.
        threads: threads of one run; None leaves the number to OpenVINO.

    Raises:
        MissingBackendError: OpenVINO is not installed.
        ModelError: it cannot read the model.
    """
    try:
        import openvino  # type: ignore[import-not-found,unused-ignore]  # an extra
    except ImportError:
        raise MissingBackendError("openvino", "'darkcsp[openvino]'") from None
    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    core = openvino.Core()
    try:
        network = core.read_model(model.path) if model.data is None else core.read_model(model=model.data)
        compiled = core.compile_model(network, "CPU", options)
    except Exception as error:  # it raises bare RuntimeErrors
        raise ModelError(f"{model.path}: OpenVINO cannot read it: {first_line(error)}") from None
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Array]) -> list[Array]:
        found = compiled(dict(feeds), share_inputs=True)
        return [np.array(found[name], np.float32) for name in names]

    return Session("openvino", model, forward)
