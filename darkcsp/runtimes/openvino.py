"""OpenVINO, on the CPU; an optional dependency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.runtime import Array, checked_engine, first_line
from darkcsp.runtimes.session import Session

_PRECISIONS = {"f32": "FP32", "bf16": "BF16"}
"""Engines, and what OpenVINO calls the ability to calculate so."""


def engines() -> tuple[str, ...]:
    """Return what this CPU calculates in: "f32", and "bf16" where it can.

    bf16 has float32's range and 8 bits of its precision: about twice as fast, and boxes shift by a pixel or so. Raises
    MissingBackendError where OpenVINO is not installed.
    """
    abilities = _import().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return tuple(name for name, ability in _PRECISIONS.items() if ability in abilities)


def open_openvino(model: OnnxFile, engine: str, threads: int | None = None) -> Session:
    """Open a model with OpenVINO.

    Args:
        model: the model.
        engine: one of `engines()`.
        threads: threads of one run; None leaves the number to OpenVINO.

    Raises:
        MissingBackendError: OpenVINO is not installed.
        ModelError: this CPU has no such engine, or OpenVINO cannot read the model.
    """
    openvino = _import()
    checked_engine(engine, engines(), f"OpenVINO {openvino.__version__} on this CPU")
    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": engine, "PERFORMANCE_HINT": "LATENCY"}
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

    return Session(f"openvino/{engine}", model, forward)


def _import() -> Any:
    try:
        import openvino  # type: ignore[import-not-found,import-untyped,unused-ignore]  # an extra
    except ImportError:
        raise MissingBackendError("openvino", "'darkcsp[openvino]'") from None
    return openvino
