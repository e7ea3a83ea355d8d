"""Measure models with contenders."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from darkcsp.benchmark import worker
from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.lowering import lowered, suits
from darkcsp.benchmark.machine import this_machine
from darkcsp.benchmark.measure import Plan, Timing, measure
from darkcsp.benchmark.models import Model
from darkcsp.benchmark.peak import OPERATIONS, THREAD_VARIABLES
from darkcsp.benchmark.results import Results, Row
from darkcsp.errors import CfgWarning, DarkcspError
from darkcsp.workers.process import Job, module_command

Pair = tuple[Model, Contender]


@dataclass(frozen=True)
class Settings:
    """How to measure.

    Attributes:
        plan: how long to measure.
        threads: threads of each run; None leaves them to the backend.
        batch: pictures per run.
        calibration: pictures, folders and patterns for int8; noise if empty.
    """

    plan: Plan = field(default_factory=Plan)
    threads: int | None = None
    batch: int = 1
    calibration: tuple[str, ...] = ()


def run_benchmark(
    groups: Sequence[Sequence[Pair]],
    settings: Settings,
    folder: Path,
    report: Callable[[str], None] = lambda text: None,
) -> Results:
    """Measure models.

    Args:
        groups: pairs of model and contender. The pairs of a group take turns; groups run one after another.
        settings: how to measure.
        folder: for models of lower precision, which are made before their group is measured.
        report: called with progress messages.
    """
    machine = this_machine(settings.threads)
    rows: list[Row] = []
    products: list[Timing] = []
    for number, pairs in enumerate(groups):
        told = _prefixed(report, f"group {number + 1} of {len(groups)}: " if len(groups) > 1 else "")
        told("making models")
        made = [_job(pair, settings, folder) for pair in pairs]
        jobs = [job for job in made if isinstance(job, Job)]
        timings = measure([*jobs, peak_job(machine.threads)], settings.plan, told)
        products.append(timings.pop())
        for (model, contender), job in zip(pairs, made, strict=True):
            timing = timings.pop(0) if isinstance(job, Job) else Timing(error=job)
            rows.append(Row(model.name, contender, settings.batch, model.operations, timing))
    peaks = [OPERATIONS / product.best for product in products if not product.error]
    return Results(machine, tuple(rows), max(peaks, default=None))


def _job(pair: Pair, settings: Settings, folder: Path) -> Job | str:
    """Return the job of timing a model with a contender, or the reason why it cannot be made."""
    model, contender = pair
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CfgWarning)
            return runtime_job(lowered(model, contender, folder, settings.calibration), contender, settings)
    except DarkcspError as error:
        return str(error)


def _prefixed(report: Callable[[str], None], prefix: str) -> Callable[[str], None]:
    return lambda text: report(prefix + text)


def by_model(models: Sequence[Model], contenders: Sequence[Contender]) -> list[list[Pair]]:
    """Group pairs so that the contenders for each model take turns."""
    return [[(model, contender) for contender in contenders] for model in models]


def suitable(groups: Sequence[Sequence[Pair]]) -> list[list[Pair]]:
    """Leave out pairs that cannot run (see `suits`) unless none would remain; for contenders that were not named."""
    return [[pair for pair in pairs if suits(*pair)] or list(pairs) for pairs in groups]


def by_contender(models: Sequence[Model], contenders: Sequence[Contender]) -> list[list[Pair]]:
    """Group pairs so that the models take turns with each contender."""
    return [[(model, contender) for model in models] for contender in contenders]


def runtime_job(model: Model, contender: Contender, settings: Settings) -> Job:
    """Return the job of timing a model."""
    arguments = {
        **model.files,
        "limits": asdict(model.reading.limits),
        "backend": contender.backend,
        "engine": contender.engine,
        "threads": settings.threads,
    }
    return Job(module_command(worker, "runtime"), {"runtime": arguments, "batch": settings.batch})


def peak_job(threads: int) -> Job:
    """Return the job of timing the matrix product."""
    return Job(module_command(worker, "peak"), environment=dict.fromkeys(THREAD_VARIABLES, str(threads)))
