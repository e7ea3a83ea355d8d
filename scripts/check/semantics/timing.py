"""The speed of a network with both semantics, on the engines that users have, in turns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from darkcsp.arrays import Array
from darkcsp.runtimes import Runtime, engines_of, open_runtime
from scripts.bench.turns import ratios, rounds_for, take_turns
from scripts.check.semantics.comparing import write
from scripts.check.semantics.networks import Network

ENGINES = (*(("opencv", engine) for engine in sorted(engines_of("opencv"))), ("onnxruntime", "default"))


class Speed(NamedTuple):
    """Median milliseconds of a run, and the median of the rounds' ratios of trained to cpu."""

    network: str
    engine: str
    trained: float
    cpu: float
    ratio: float


def time_both(network: Network, folder: Path, seconds: float) -> list[Speed]:
    """Time a network on every engine; the semantics take turns."""
    found = []
    paths = {semantics: write(network, semantics, folder) for semantics in ("trained", "cpu")}
    for backend, engine in ENGINES:
        opened = {name: open_runtime(path, backend=backend, engine=engine) for name, path in paths.items()}
        batch = np.random.default_rng(0).random((1, *opened["cpu"].input_shape), np.float32)
        ways = {name: partial(_run, runtime, batch) for name, runtime in opened.items()}
        take_turns(ways, range(1))
        times = take_turns(ways, rounds_for(seconds, 5))
        milliseconds = {name: 1000 * median(values) for name, values in times.items()}
        ratio = median(ratios(times["trained"], times["cpu"]))
        found.append(Speed(network.name, f"{backend}/{engine}", milliseconds["trained"], milliseconds["cpu"], ratio))
    return found


def _run(runtime: Runtime, batch: Array, number: int) -> None:
    runtime.run(batch)
