"""Times of several workers that take turns, so that any disturbance of the machine affects all of them."""

from __future__ import annotations

import contextlib
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from darkcsp.workers.process import Job, Worker, WorkerError
from darkcsp.workers.serving import Clock, Turn


@dataclass(frozen=True)
class Plan:
    """How long to measure.

    Attributes:
        rounds: number of turns of each worker.
        seconds: the minimum length of a turn.
        least: the minimum number of runs in a turn.
        clock: "wall", or "cpu" for timing a single thread on a machine that is busy with other things too.
        limit: seconds after which a worker that does not answer is given up.
    """

    rounds: int = 7
    seconds: float = 0.5
    least: int = 3
    clock: Clock = "wall"
    limit: float = 600.0

    @property
    def turn(self) -> Turn:
        """One worker's turn. It starts with an uncounted run, because the others ran since its last turn."""
        return Turn(self.seconds, self.least, ahead=1, clock=self.clock)


@dataclass(frozen=True)
class Timing:
    """The result of a job.

    Attributes:
        name: what the worker opened.
        rounds: median seconds of a run in each round; () if the job failed.
        best: seconds of the fastest run.
        error: why it failed, or "".
    """

    name: str = ""
    rounds: tuple[float, ...] = ()
    best: float = 0.0
    error: str = ""

    @property
    def median(self) -> float:
        """Median of the rounds, in seconds."""
        return statistics.median(self.rounds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Lower and upper quartile of the rounds, in seconds."""
        if len(self.rounds) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.rounds, n=4, method="inclusive")
        return low, high


def ratio(one: Timing, other: Timing) -> float:
    """Return how many times as long `one` takes as `other`, as the median over the rounds.

    Both must have been measured together, so that both are disturbed alike in a round.
    """
    return statistics.median(a / b for a, b in zip(one.rounds, other.rounds, strict=True))


def measure(jobs: Sequence[Job], plan: Plan, report: Callable[[str], None] = lambda text: None) -> list[Timing]:
    """Time jobs together, each in its own process, in turns whose order changes from round to round.

    Args:
        jobs: what to time.
        plan: how long to measure.
        report: called with progress messages.

    Returns:
        One timing for each job. A job that fails does not affect the others.
    """
    names: dict[int, str] = {}
    errors: dict[int, str] = {}
    times: dict[int, list[list[float]]] = {number: [] for number in range(len(jobs))}
    with contextlib.ExitStack() as stack:
        workers: dict[int, Worker] = {}
        for number, job in enumerate(jobs):
            report(f"starting {number + 1} of {len(jobs)}")
            with _noted(errors, number):
                workers[number] = stack.enter_context(Worker(job, plan.limit))
                names[number] = workers[number].open()
                workers[number].warm_up()
        order = random.Random(0)
        for turn in range(plan.rounds):
            report(f"round {turn + 1} of {plan.rounds}")
            for number in order.sample(sorted(names), len(names)):
                if number not in errors:
                    with _noted(errors, number):
                        times[number].append(workers[number].run(plan.turn))
    return [
        Timing(names.get(number, ""), error=errors[number]) if number in errors else _timing(names[number], found)
        for number, found in times.items()
    ]


@contextlib.contextmanager
def _noted(errors: dict[int, str], number: int) -> Iterator[None]:
    try:
        yield
    except WorkerError as error:
        errors[number] = str(error)


def _timing(name: str, rounds: list[list[float]]) -> Timing:
    return Timing(name, tuple(statistics.median(found) for found in rounds), min(min(found) for found in rounds))
