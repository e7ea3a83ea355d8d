"""The description of a backend, which each file of `backends/` provides.

Needs only the standard library. A backend's library is imported only by its functions, so that names, help texts and
lists of backends cost nothing.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from darkcsp.errors import MissingBackendError

if TYPE_CHECKING:
    from darkcsp.modelfile.metadata import Metadata
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.runtime import Runtime
    from darkcsp.runtimes.source import DarknetSource

AUTO = "auto"
"""Stands for the backend or engine that is chosen by rule, see `choice.rule`."""

FASTEST = "fastest"
"""Stands for the engine that is measured to be the fastest on this machine, see `choice.fastest`."""

CPU = "cpu"
"""The device that every backend has."""


@dataclass(frozen=True)
class Engine:
    """One of a backend's engines.

    Attributes:
        name: its name in arguments and options.
        exact: whether it computes in float32, so that its outputs differ from other engines' only by rounding.
        quick_to_start: whether it opens a model in seconds rather than minutes.
        own_threads: whether it has its own thread pool instead of the one that the backend's other engines share.
        concurrent: whether several threads can run one model at the same time if it carries no state; otherwise each
            worker opens its own.
        preferred_from: by rule, the engine is preferred to those before it for networks of this intensity and more, see
            `Graph.intensity`; by default for none.
    """

    name: str
    exact: bool = True
    quick_to_start: bool = True
    own_threads: bool = False
    concurrent: bool = False
    preferred_from: float = math.inf

    @property
    def may_be_chosen(self) -> bool:
        """Whether "auto" and "fastest" may choose it."""
        return self.exact and self.quick_to_start


@dataclass(frozen=True)
class Candidate:
    """A backend, one of its engines and a device, by name; engine "auto" stands for the backend's first."""

    backend: str
    engine: str
    device: str = CPU

    def __str__(self) -> str:
        name = f"{self.backend}/{self.engine}"
        return name if self.device == CPU else f"{name} on {self.device}"


@dataclass(frozen=True)
class Threads:
    """The threads that a model is opened for.

    Attributes:
        total: number of the engine's threads, for all workers together; None leaves it to the backend.
        workers: number of the caller's threads that run the model at the same time.
    """

    total: int | None = None
    workers: int = 1

    @property
    def each(self) -> int | None:
        """The engine's threads for one worker, at least one."""
        return None if self.total is None else max(self.total // self.workers, 1)


@dataclass(frozen=True)
class Backend:
    """A library that runs models.

    Attributes:
        name: its name in arguments and options, and the name of its file.
        title: its official name.
        about: its title and engines, for help texts.
        module: import name of its library.
        distributions: distributions that may provide its library.
        package: argument for `pip install` if the library is missing.
        rank: position in the order of trust, from 0; if two backends disagree, the one with the lower rank is believed.
        colour: colour of its bars in charts, #RRGGBB; distinguishable with any colour vision (Okabe and Ito, 2008).
        engines: returns its engines on this machine, the one that new models are written for first. Raises
            MissingBackendError if the library is missing.
        open_file: opens an ONNX file with an engine on a device for some threads; for one worker, unless the engine is
            concurrent. Raises ModelError if it cannot. None for a backend that does not read ONNX.
        open_network: the same for a network read from cfg and weights; None for a backend that needs an ONNX file.
        speed: position in the order of speed, from 0, in which backends are tried if none is named.
        batch: batch size of the ONNX file that is written when cfg and weights are opened; None for any.
        one_pool: whether one thread pool does all its work in a process, so that a number of threads applies to every
            open model, and engines can be timed side by side.
        survives_fork: whether a child of `os.fork` can open models with it after its parent has; other backends
            sometimes hang.
        devices: returns the devices that an engine can run on here, "cpu" first; called only if a device is named.
        unfit: returns why an engine must not run a file with this metadata, or None if it may. Files that an engine is
            known to get wrong or to crash on are refused when they are opened, see `fitting`. The reason is a sentence
            that names the engine, without a full stop.
    """

    name: str
    title: str
    about: str
    module: str
    distributions: tuple[str, ...]
    package: str
    rank: int
    colour: str
    engines: Callable[[], tuple[Engine, ...]]
    open_file: Callable[[OnnxFile, Candidate, Threads], Runtime] | None = None
    open_network: Callable[[DarknetSource, Candidate, Threads], Runtime] | None = None
    speed: int = 99
    batch: int | None = 1
    one_pool: bool = False
    survives_fork: bool = False
    devices: Callable[[str], tuple[str, ...]] = lambda engine: (CPU,)
    unfit: Callable[[Metadata, str], str | None] = lambda metadata, engine: None

    @property
    def reads_onnx(self) -> bool:
        """Whether it runs ONNX files; otherwise it needs cfg and weights."""
        return self.open_file is not None

    def library(self) -> Any:
        """Import the library. Raises MissingBackendError if it is not installed."""
        try:
            return importlib.import_module(self.module)
        except ImportError:
            raise MissingBackendError(self.name, self.package) from None

    def is_installed(self) -> bool:
        """Return whether the library is installed, without importing it."""
        try:
            return importlib.util.find_spec(self.module) is not None
        except ValueError:  # something else is in its place in sys.modules
            return False

    def version(self) -> tuple[str, str] | None:
        """Return the installed distribution and its version, or None if it is not a known one."""
        from importlib import metadata  # as slow to import as everything else

        for name in self.distributions:
            try:
                return name, metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return None
