"""The PyTorch backend, which runs the network as a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.errors import ArgumentError, WeightsError
from darkcsp.runtimes.backend import CPU, Backend, Candidate, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.forms import HeadForm
    from darkcsp.runtimes.network import NetworkRuntime
    from darkcsp.runtimes.source import DarknetSource

_HEADS: tuple[HeadForm, ...] = ("decoded", "raw")

_COMPILE = Engine("compile", quick_to_start=False)
"""`torch.compile`: compiles the network as C++ when it is opened, which takes up to minutes and needs a C++ compiler.
Batch sizes other than 1 are compiled on first use."""


def _engines() -> tuple[Engine, ...]:
    BACKEND.library()
    return (Engine("eager", concurrent=True), _COMPILE)


def _devices(engine: str) -> tuple[str, ...]:
    torch = BACKEND.library()
    found = {"cuda": torch.cuda, "mps": torch.backends.mps, "xpu": torch.xpu}
    return (CPU, *(name for name, device in found.items() if device.is_available()))


def _open_network(source: DarknetSource, place: Candidate, threads: Threads) -> NetworkRuntime:
    torch, weights = BACKEND.library(), source.weights
    if source.head not in _HEADS:
        raise ArgumentError("head", source.head, f"one of {', '.join(_HEADS)} for backend {BACKEND.name!r}")
    if weights.is_partial:
        raise WeightsError(
            weights.path, f"covers {len(weights)} of {weights.layers_total} layers; a model needs all of them"
        )
    from darkcsp.runtimes.network import NetworkRuntime

    if threads.each is not None:
        torch.set_num_threads(threads.each)
    runtime = NetworkRuntime(str(place), source, place.device)
    if place.engine == _COMPILE.name:
        runtime.compile()
    return runtime


BACKEND = Backend(
    name="torch",
    title="PyTorch",
    about="PyTorch with engines eager and compile, for cfg and weights",
    module="torch",
    distributions=("torch",),
    package="torch",
    rank=3,
    speed=3,
    colour="#CC79A7",
    engines=_engines,
    open_network=_open_network,
    devices=_devices,
    batch=None,
    one_pool=True,
)
