"""What a backend says of itself: the form that each file of `backends/` fills in.

Standard library only, and a backend's library is imported by its functions alone: names, help texts and lists of
backends cost nothing.
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
"""Instead of a backend or an engine: the one chosen by rule, see `choice.rule`."""

FASTEST = "fastest"
"""Instead of an engine: the one measured to be the fastest here, see `choice.fastest`."""

CPU = "cpu"
"""The device that every backend has."""


@dataclass(frozen=True)
class Engine:
    """One of a backend's ways to calculate.

    Attributes:
        name: what it is asked for by.
        exact: whether it calculates in float32, so that its outputs differ from other engines' by rounding alone.
        quick_to_start: whether it opens a model in seconds, not in minutes.
        own_threads: whether it does not use the pool of threads that the backend's other engines share.
        concurrent: whether several threads may run one model at once, if it carries no state; of others each worker
            has one of its own.
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
    """A backend, one of its engines and a device, by name; engine "auto" is the backend's first."""

    backend: str
    engine: str
    device: str = CPU

    def __str__(self) -> str:
        name = f"{self.backend}/{self.engine}"
        return name if self.device == CPU else f"{name} on {self.device}"


@dataclass(frozen=True)
class Threads:
    """How many threads a model is opened for.

    Attributes:
        total: those of the engine, for all workers together; None leaves the number to the backend.
        workers: the caller's threads that are to run the model at once.
    """

    total: int | None = None
    workers: int = 1

    @property
    def each(self) -> int | None:
        """Threads of the engine for one worker, at least one."""
        return None if self.total is None else max(self.total // self.workers, 1)


@dataclass(frozen=True)
class Backend:
    """A library that runs models.

    Attributes:
        name: what it is asked for by, and the name of its file.
        title: what its makers call it.
        about: the same and its engines, for help texts.
        module: what its library is imported by.
        distributions: what its library may be installed by.
        package: what `pip install` should be given where it is missing.
        rank: its place in the order of trust, from 0: where two backends disagree, the one of lower rank is believed.
        colour: of its bars in charts, #RRGGBB; all differ for any colour vision (Okabe and Ito, 2008).
        engines: gives its engines on this machine, the first those that new models are written for. Raises
            MissingBackendError where the library is missing.
        open_file: opens an ONNX file with an engine on a device for some threads; for one worker, unless the engine is
            concurrent. Raises ModelError if it cannot. None for a backend that does not read ONNX.
        open_network: likewise opens what was read from cfg and weights; None for a backend that needs an ONNX file.
        speed: its place in the order of speed, from 0: the order in which backends are tried if none is named.
        batch: pictures of one call that an ONNX file is written for when cfg and weights are opened; None for any.
        one_pool: whether all its work in a process is done by one pool of threads: a number of threads holds for every
            model that is open, and engines can be timed side by side.
        survives_fork: whether a child of `os.fork` can open models with it after its parent has; others hang at times.
        devices: gives what an engine can run on here, "cpu" first; asked only if a device is named.
        unfit: says why an engine must not run a file of this metadata, None if it may: what an engine is known to get
            wrong or to crash on is refused by name when it is opened, see `fitting`. The reason is a sentence without
            its end, which names the engine.
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
        """Whether it runs ONNX files; others need cfg and weights."""
        return self.open_file is not None

    def library(self) -> Any:
        """Import the library. Raises MissingBackendError where it is not installed."""
        try:
            return importlib.import_module(self.module)
        except ImportError:
            raise MissingBackendError(self.name, self.package) from None

    def is_installed(self) -> bool:
        """Tell whether the library is there, without importing it."""
        try:
            return importlib.util.find_spec(self.module) is not None
        except ValueError:  # something stands in its place in sys.modules
            return False

    def version(self) -> tuple[str, str] | None:
        """Return the distribution that is installed and its version, None where no known one is."""
        from importlib import metadata  # takes as long as all the rest

        for name in self.distributions:
            try:
                return name, metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return None
