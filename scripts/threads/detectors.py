"""The detectors to try, by backend, engine and workers."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from darkcsp import Detector
from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from darkcsp.runtimes import BACKENDS


class Way(NamedTuple):
    """How a detector is opened."""

    backend: str
    engine: str
    workers: int

    def __str__(self) -> str:
        return f"{self.backend}/{self.engine}"

    def open(self, **options: Any) -> Detector:
        """Open the detector; `options` are further arguments of Detector."""
        return Detector(**self._asdict(), **options)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the network and the ways."""
    parser.add_argument("--cfg", type=Path, help="a Darknet cfg instead of the default model")
    parser.add_argument("--weights", type=Path, help="its weights; random by default")
    parser.add_argument("--size", type=int, nargs=2, metavar=("WIDTH", "HEIGHT"), help="instead of the cfg's own")
    parser.add_argument("--backend", nargs="+", choices=list(BACKENDS), help="default: all installed")
    parser.add_argument("--engine-threads", type=int, help="threads of all workers together; default: the backend's")
    parser.add_argument("--slow", action="store_true", help="also engines that take minutes to open a model")


def ways(backends: Iterable[str] | None, workers: Iterable[int], slow: bool = False) -> list[Way]:
    """Return every engine of the backends (by default, all installed) with each number of workers."""
    names = backends or [name for name, backend in BACKENDS.items() if backend.is_installed()]
    engines = [(name, engine) for name in names for engine in BACKENDS[name].engines()]
    return [
        Way(name, engine.name, count) for name, engine in engines for count in workers if slow or engine.quick_to_start
    ]


@contextlib.contextmanager
def chosen_network(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Return the arguments of Detector for the options of the command line."""
    given: dict[str, Any] = {"threads": options.engine_threads, "size": tuple(options.size) if options.size else None}
    if options.cfg is None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        weights = options.weights or Path(folder, "random.weights")
        if options.weights is None:
            write_random_weights(build_graph(options.cfg), weights)
        yield {**given, "cfg": options.cfg, "weights": weights}
