"""The ONNX Runtime backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError, first_line
from darkcsp.runtimes.backend import CPU, Backend, Candidate, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_ERRORS_ONLY = 3

_PROVIDERS = {
    CPU: "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
"""Device -> ONNX Runtime's execution provider."""


def _engines() -> tuple[Engine, ...]:
    BACKEND.library()
    return (Engine("default", concurrent=True),)


def _devices(engine: str) -> tuple[str, ...]:
    """Devices that ONNX Runtime was built for; whether the machine has one is only known when a model is opened."""
    known = BACKEND.library().get_available_providers()
    return (CPU, *(device for device, provider in _PROVIDERS.items() if provider in known and device != CPU))


def _open_file(model: OnnxFile, place: Candidate, threads: Threads) -> Session:
    import numpy as np

    from darkcsp.runtimes.session import Session

    onnxruntime = BACKEND.library()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    if threads.total is not None:
        # Each thread that runs the model takes part in the work, and counts as one of the pool.
        options.intra_op_num_threads = max(threads.total - threads.workers + 1, 1)
    try:
        session = onnxruntime.InferenceSession(model.file, options, providers=[_PROVIDERS[place.device]])
    except Exception as error:  # its exceptions have no other common base class
        raise ModelError(model.path, f"ONNX Runtime cannot read it: {first_line(error)}") from None
    if _PROVIDERS[place.device] not in session.get_providers():  # it falls back to the CPU, with a line on stderr
        raise ModelError(model.path, f"ONNX Runtime cannot use device {place.device!r} on this machine")
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        return [np.asarray(output, np.float32) for output in session.run(names, dict(feeds))]

    return Session(str(place), model, forward)


BACKEND = Backend(
    name="onnxruntime",
    title="ONNX Runtime",
    about="ONNX Runtime",
    module="onnxruntime",
    distributions=("onnxruntime", "onnxruntime-gpu"),
    package="onnxruntime",
    rank=0,
    speed=1,
    colour="#E69F00",
    engines=_engines,
    open_file=_open_file,
    batch=None,
    survives_fork=True,
    devices=_devices,
)
