"""The worker's side of a measurement: what a process does that times one thing, over a pipe of JSON lines.

Needs NumPy alone, so that another interpreter, with other libraries, can be a worker too.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

WARM_UP_SECONDS = 0.3
WARM_UP_RUNS = 3


class Opened(NamedTuple):
    """What a worker times: a name that says what was chosen, and a call that returns arrays of floats."""

    name: str
    run: Callable[[], Sequence[Any]]


Clock = Literal["wall", "cpu"]

CLOCKS: dict[Clock, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
"""Time as people feel it, and time that this process's threads were at work: less disturbed by other processes, but of
use for a single thread alone."""

Open = Callable[[Mapping[str, Any]], Opened]
"""Makes a worker ready, from the options that it was sent."""


def serve(open_: Open) -> None:
    """Answer requests until there are no more.

    A request is a JSON object on a line of standard input: {"open": {...}} makes ready, checks the outputs and warms
    up; {"seconds": 0.5, "least": 3, "clock": "wall"} runs at least so long and so often, after one run that is not
    counted. The answer is {"name": "..."}, {"times": [seconds, ...]} or {"error": "..."}. What libraries print goes to
    standard error.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with answers:
        for answer in _answers(open_, (json.loads(line) for line in sys.stdin)):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _answers(open_: Open, requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    opened = None
    for request in requests:
        try:
            if opened is None:
                opened = open_(request["open"])
                check_finite(opened.run())
                warm_up(opened.run)
                yield {"name": opened.name}
            else:
                opened.run()
                yield {"times": timed(opened.run, request["seconds"], request["least"], request["clock"])}
        except Exception as error:  # whatever a library raises is this worker's answer
            yield {"error": reason(error)}


def timed(run: Callable[[], object], seconds: float, least: int, clock: Clock = "wall") -> list[float]:
    """Run for at least `seconds` and `least` times; return the seconds of each run."""
    now = CLOCKS[clock]
    times: list[float] = []
    start = end = now()
    while end - start < seconds or len(times) < least:
        begin = now()
        run()
        end = now()
        times.append(end - begin)
    return times


def warm_up(run: Callable[[], object]) -> None:
    """Run until caches, thread pools and lazy compilers have settled."""
    timed(run, WARM_UP_SECONDS, WARM_UP_RUNS)


def check_finite(outputs: Sequence[Any]) -> None:
    """Raise ValueError where an output has values that are no numbers: these, too, can change how long a run takes."""
    for number, output in enumerate(outputs):
        if not np.isfinite(output).all():
            raise ValueError(f"output {number} has values that are infinite or no numbers")


def reason(error: Exception) -> str:
    """Return the first line of an error's message, or its type where there is none."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
