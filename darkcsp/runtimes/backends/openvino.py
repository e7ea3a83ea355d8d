"""OpenVINO, on the CPU; an optional dependency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError, first_line
from darkcsp.runtimes.backend import Backend, Engine

if TYPE_CHECKING:
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_ENGINES = {Engine("f32"): "FP32", Engine("bf16", exact=False): "BF16"}
"""Engines, and what OpenVINO calls the CPU's ability to calculate so.

bf16 has float32's range and 8 bits of its precision: about twice as fast, and boxes shift by a pixel or so.
"""


def _engines() -> tuple[Engine, ...]:
    abilities = BACKEND.library().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return tuple(engine for engine, ability in _ENGINES.items() if ability in abilities)


def _open_file(model: OnnxFile, engine: str, threads: int | None) -> Session:
    import numpy as np

    from darkcsp.runtimes.session import Session

    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": engine, "PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    core = BACKEND.library().Core()
    try:
        compiled = core.compile_model(core.read_model(model.file), "CPU", options)
    except Exception as error:  # it raises bare RuntimeErrors
        raise ModelError(model.path, f"OpenVINO cannot read it: {first_line(error)}") from None
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        found = compiled(dict(feeds), share_inputs=True)
        return [np.array(found[name], np.float32) for name in names]

    return Session(f"{BACKEND.name}/{engine}", model, forward)


BACKEND = Backend(
    name="openvino",
    title="OpenVINO",
    about="OpenVINO with engines f32 and bf16",
    module="openvino",
    distributions=("openvino",),
    package="'darkcsp[openvino]'",
    rank=1,
    colour="#009E73",
    engines=_engines,
    open_file=_open_file,
)
