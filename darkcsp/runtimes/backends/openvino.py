"""The OpenVINO backend; an optional dependency."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError, first_line
from darkcsp.runtimes.backend import CPU, Backend, Candidate, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_ENGINES = {
    Engine("f32", concurrent=True): "FP32",
    Engine("bf16", exact=False, concurrent=True): "BF16",
}
"""Engine -> the CPU capability that it needs, by OpenVINO's name.

bf16 has float32's range with 8 bits of precision: about twice as fast, and boxes shift by a pixel or so.
"""


def _engines() -> tuple[Engine, ...]:
    BACKEND.library()
    return _offered()


@cache
def _offered() -> tuple[Engine, ...]:
    """The same, queried once: in a child of os.fork the library would not answer."""
    abilities = BACKEND.library().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return tuple(engine for engine, ability in _ENGINES.items() if ability in abilities)


def _devices(engine: str) -> tuple[str, ...]:
    """Devices of this machine: "gpu" and "npu", with numbers if there are several; bf16 runs only on the CPU."""
    found = [name.lower() for name in BACKEND.library().Core().available_devices]
    exact = any(item.name == engine and item.exact for item in _ENGINES)
    return (CPU, *(name for name in found if name != CPU and exact))


def _open_file(model: OnnxFile, place: Candidate, threads: Threads) -> Session:
    import numpy as np

    from darkcsp.runtimes.session import Session

    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": place.engine, "PERFORMANCE_HINT": "LATENCY"}
    if threads.total is not None and place.device == CPU:
        options["INFERENCE_NUM_THREADS"] = max(threads.total, threads.workers)
    if threads.workers > 1:
        options["NUM_STREAMS"] = threads.workers
    core = BACKEND.library().Core()
    try:
        compiled = core.compile_model(core.read_model(model.file), place.device.upper(), options)
    except Exception as error:  # it raises bare RuntimeErrors
        raise ModelError(model.path, f"OpenVINO cannot read it: {first_line(error)}") from None
    names = [item.name for item in model.outputs]
    requests: deque[Any] = deque()  # idle ones; as many as ever ran at the same time, at 0.1 ms each

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        try:
            request = requests.pop()
        except IndexError:
            request = compiled.create_infer_request()
        found = request.infer(dict(feeds), share_inputs=True)
        outputs = [np.array(found[name], np.float32) for name in names]
        requests.append(request)
        return outputs

    return Session(str(place), model, forward)


BACKEND = Backend(
    name="openvino",
    title="OpenVINO",
    about="OpenVINO with engines f32 and bf16",
    module="openvino",
    distributions=("openvino",),
    package="'darkcsp[openvino]'",
    rank=1,
    speed=0,
    colour="#009E73",
    engines=_engines,
    open_file=_open_file,
    devices=_devices,
)
