"""The side of the worker: a process that opens one thing, and then times it or returns its outputs.

Needs only NumPy, so that another interpreter with other libraries can be a worker too.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from darkcsp.errors import first_line


class Opened(NamedTuple):
    """What a worker runs: a name that says what was chosen, and a function that returns arrays of floats."""

    name: str
    run: Callable[[], Sequence[Any]]


Open = Callable[[Mapping[str, Any]], Opened]
"""Prepares a worker, from the options it was sent."""

Clock = Literal["wall", "cpu"]

CLOCKS: dict[Clock, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
"""Wall time, and the processor time of this process's threads. The latter is less disturbed by other processes, but
useful only for a single thread."""


@dataclass(frozen=True)
class Turn:
    """How long one turn of timed runs lasts.

    Attributes:
        seconds: the minimum length of the turn.
        least: the minimum number of runs.
        most: the maximum number of runs; None for no limit.
        patience: seconds after which a turn may end with fewer than `least` runs, but at least one; None for never.
        ahead: uncounted runs before the turn.
        clock: "wall", or "cpu" for timing a single thread on a machine that is busy with other things too.
    """

    seconds: float
    least: int
    most: int | None = None
    patience: float | None = None
    ahead: int = 0
    clock: Clock = "wall"

    def is_over(self, runs: int, passed: float) -> bool:
        """Tell whether a turn ends after `runs` runs, which took `passed` seconds in total."""
        if runs < self.least:
            return self.patience is not None and runs > 0 and passed > self.patience
        return passed >= self.seconds or (self.most is not None and runs >= self.most)


WARM_UP = Turn(seconds=0.3, least=3)
"""Enough for caches, thread pools and lazy compilers to settle."""


def serve(open_: Open) -> None:
    """Answer requests until there are no more.

    A request is a JSON object on a line of standard input, and its answer one on a line of standard output:

        {"open": {...}}          {"name": "..."}          the first request: open what the options describe
        {"warm_up": true}        {"runs": 3}              check that outputs are finite, then run until warm
        {"run": {Turn}}          {"times": [...]}         the seconds of each run in a turn
        {"outputs": "x.npz"}     {"count": 1}             run once and write the outputs to a file

    or {"error": "..."}. The output of libraries goes to standard error.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with answers:
        for answer in _answers(open_, (json.loads(line) for line in sys.stdin)):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _answers(open_: Open, requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    opened = None
    for request in requests:
        try:
            if opened is None:
                opened = open_(request["open"])
                yield {"name": opened.name}
            else:
                yield _answer(opened.run, request)
        except Exception as error:  # whatever a library raises becomes this worker's answer
            yield {"error": first_line(error)}


def _answer(run: Callable[[], Sequence[Any]], request: Mapping[str, Any]) -> dict[str, Any]:
    if "warm_up" in request:
        check_finite(run())
        return {"runs": len(timed(run, WARM_UP))}
    if "outputs" in request:
        outputs = run()
        np.savez(request["outputs"], *outputs)
        return {"count": len(outputs)}
    return {"times": timed(run, Turn(**request["run"]))}


def timed(run: Callable[[], object], turn: Turn) -> list[float]:
    """Return the seconds of each run in a turn."""
    now = CLOCKS[turn.clock]
    for _ in range(turn.ahead):
        run()
    times: list[float] = []
    start = end = now()
    while not turn.is_over(len(times), end - start):
        begin = now()
        run()
        end = now()
        times.append(end - begin)
    return times


def check_finite(outputs: Sequence[Any]) -> None:
    """Raise ValueError if an output has NaN or infinite values, which can also change how long a run takes."""
    for number, output in enumerate(outputs):
        if not np.isfinite(output).all():
            raise ValueError(f"output {number} has NaN or infinite values")
