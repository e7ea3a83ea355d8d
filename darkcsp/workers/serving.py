"""The worker's side: what a process does that opens one thing, and then times it or hands over its outputs.

Needs NumPy alone, so that another interpreter, with other libraries, can be a worker too.
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
    """What a worker runs: a name that says what was chosen, and a call that returns arrays of floats."""

    name: str
    run: Callable[[], Sequence[Any]]


Open = Callable[[Mapping[str, Any]], Opened]
"""Makes a worker ready, from the options that it was sent."""

Clock = Literal["wall", "cpu"]

CLOCKS: dict[Clock, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
"""Time as people feel it, and time that this process's threads were at work: less disturbed by other processes, but of
use for a single thread alone."""


@dataclass(frozen=True)
class Turn:
    """How long one turn of timed runs lasts.

    Attributes:
        seconds: the turn lasts at least this long,
        least: and has at least this many runs;
        most: but never more than this many; None for no limit.
        patience: seconds after which a turn ends with fewer than `least` runs, if it has one; None for never.
        ahead: runs before the turn that are not counted.
        clock: "wall", or "cpu" for the time of a single thread on a machine that does other things too.
    """

    seconds: float
    least: int
    most: int | None = None
    patience: float | None = None
    ahead: int = 0
    clock: Clock = "wall"

    def is_over(self, runs: int, passed: float) -> bool:
        """Tell whether a turn ends after some runs, which took `passed` seconds together."""
        if runs < self.least:
            return self.patience is not None and runs > 0 and passed > self.patience
        return passed >= self.seconds or (self.most is not None and runs >= self.most)


WARM_UP = Turn(seconds=0.3, least=3)
"""By which time caches, thread pools and lazy compilers have settled."""


def serve(open_: Open) -> None:
    """Answer requests until there are no more.

    A request is a JSON object on a line of standard input, the answer one on a line of standard output:

        {"open": {...}}          {"name": "..."}          the first request: make ready what the options say
        {"warm_up": true}        {"runs": 3}              check that outputs are finite numbers, then run until warm
        {"run": {Turn}}          {"times": [...]}         seconds of each run of a turn
        {"outputs": "x.npz"}     {"count": 1}             run once and write the outputs to a file

    or {"error": "..."}. What libraries print goes to standard error.
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
        except Exception as error:  # whatever a library raises is this worker's answer
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
    """Return the seconds of each run of a turn."""
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
    """Raise ValueError where an output has values that are no numbers: these, too, can change how long a run takes."""
    for number, output in enumerate(outputs):
        if not np.isfinite(output).all():
            raise ValueError(f"output {number} has values that are infinite or no numbers")
