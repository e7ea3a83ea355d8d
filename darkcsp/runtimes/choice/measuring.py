"""Measures how long candidates take for a picture, and gets their outputs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from darkcsp.arrays import Array
from darkcsp.progress import step
from darkcsp.runtimes import worker
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.runtime import Runtime, noise
from darkcsp.runtimes.source import ModelSource
from darkcsp.workers.process import Job, Worker, module_command
from darkcsp.workers.serving import Turn

TURN = Turn(seconds=0.3, least=2, most=12, patience=2.0)
"""How long one candidate is timed; for a model that takes seconds, one run is enough."""

LIMIT = 120.0
"""Seconds after which an unresponsive process is abandoned."""


@dataclass(frozen=True, eq=False)
class Trial:
    """The result of running a model: the seconds of its fastest run, and its outputs for one picture.

    Other work on the machine affects the fastest run the least.
    """

    seconds: float
    outputs: tuple[Array, ...]


def try_apart(source: ModelSource, candidate: Candidate, threads: int | None) -> Trial:
    """Open and time a model in a separate process, as thread pools of several libraries in one slow each other down.

    Raises WorkerError if it cannot be opened or run, or the process cannot be started, dies or is too slow.
    """
    step(f"timing {candidate}")
    job = Job(module_command(worker), worker.worker_options(source, candidate, threads))
    with Worker(job, LIMIT) as process:
        process.open()
        outputs = process.outputs()
        return Trial(min(process.run(TURN)), outputs)


def outputs_apart(source: ModelSource, candidate: Candidate, threads: int | None) -> tuple[Array, ...]:
    """Open a model in a separate process and return its outputs, without timing it. Raises as `try_apart` does."""
    with Worker(Job(module_command(worker), worker.worker_options(source, candidate, threads)), LIMIT) as process:
        process.open()
        return process.outputs()


def try_here(runtimes: Mapping[Candidate, Runtime], outputs: Mapping[Candidate, Sequence[Array]]) -> list[Trial]:
    """Time open models in turns in this process.

    Args:
        runtimes: models that have run before, by candidate.
        outputs: the outputs of that run.

    Raises ModelError if one fails.
    """
    step(f"timing {' and '.join(map(str, runtimes))}")
    turn = replace(TURN, seconds=TURN.seconds * len(runtimes))
    seconds = take_turns(list(runtimes.values()), turn)
    return [Trial(quickest, tuple(outputs[candidate])) for candidate, quickest in zip(runtimes, seconds, strict=True)]


def first_run(runtime: Runtime) -> tuple[Array, ...]:
    """Return a model's outputs for a random picture, the same for all models of one shape. Raises ModelError."""
    return tuple(runtime.run(noise(runtime)))


def take_turns(runtimes: Sequence[Runtime], turn: Turn) -> list[float]:
    """Time models in turns until a turn would be over for each, and reset them.

    Returns the seconds of each one's fastest run. Raises ModelError.
    """
    pictures = [noise(runtime) for runtime in runtimes]
    times: list[list[float]] = [[] for _ in runtimes]
    begun = time.perf_counter()
    while not turn.is_over(len(times[-1]), time.perf_counter() - begun):
        for runtime, picture, own in zip(runtimes, pictures, times, strict=True):
            start = time.perf_counter()
            runtime.run(picture)
            own.append(time.perf_counter() - start)
    for runtime in runtimes:
        runtime.reset()
    return [min(own) for own in times]
