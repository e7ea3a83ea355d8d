"""Models times contenders to results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.machine import this_machine
from darkcsp.benchmark.measure import Plan, Timing, measure
from darkcsp.benchmark.models import Model
from darkcsp.benchmark.peak import OPERATIONS, THREAD_VARIABLES
from darkcsp.benchmark.process import Job, own_worker
from darkcsp.benchmark.results import Results, Row

Pair = tuple[Model, Contender]


@dataclass(frozen=True)
class Settings:
    """How to measure: for how long, with how many threads (None: the backends' own choice) and pictures per run."""

    plan: Plan = field(default_factory=Plan)
    threads: int | None = None
    batch: int = 1


def run_benchmark(
    groups: Sequence[Sequence[Pair]], settings: Settings, report: Callable[[str], None] = lambda text: None
) -> Results:
    """Measure models.

    Args:
        groups: pairs of model and contender; those of a group take turns, one group follows the other.
        settings: how.
        report: is told what is being done.
    """
    machine = this_machine(settings.threads)
    rows: list[Row] = []
    products: list[Timing] = []
    for number, pairs in enumerate(groups):
        jobs = [runtime_job(model, contender, settings) for model, contender in pairs]
        told = _prefixed(report, f"group {number + 1} of {len(groups)}: " if len(groups) > 1 else "")
        timings = measure([*jobs, peak_job(machine.threads)], settings.plan, told)
        products.append(timings[-1])
        rows += [
            Row(model.name, contender, settings.batch, model.operations, timing)
            for (model, contender), timing in zip(pairs, timings[:-1], strict=True)
        ]
    peaks = [OPERATIONS / product.best for product in products if not product.error]
    return Results(machine, tuple(rows), max(peaks, default=None))


def _prefixed(report: Callable[[str], None], prefix: str) -> Callable[[str], None]:
    return lambda text: report(prefix + text)


def by_model(models: Sequence[Model], contenders: Sequence[Contender]) -> list[list[Pair]]:
    """Group pairs so that the contenders for each model take turns."""
    return [[(model, contender) for contender in contenders] for model in models]


def by_contender(models: Sequence[Model], contenders: Sequence[Contender]) -> list[list[Pair]]:
    """Group pairs so that the models take turns in each contender's hands."""
    return [[(model, contender) for model in models] for contender in contenders]


def runtime_job(model: Model, contender: Contender, settings: Settings) -> Job:
    """Return the job of timing a model."""
    arguments = {**model.files, "backend": contender.backend, "engine": contender.engine, "threads": settings.threads}
    return Job(own_worker("runtime"), {"runtime": arguments, "batch": settings.batch})


def peak_job(threads: int) -> Job:
    """Return the job of timing the matrix product."""
    return Job(own_worker("peak"), environment=dict.fromkeys(THREAD_VARIABLES, str(threads)))
