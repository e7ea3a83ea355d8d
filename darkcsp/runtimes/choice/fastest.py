"""Opens a model with the fastest of several engines on this machine, found by measuring, once.

Candidates that cannot read or run the model are left out, and so are those whose outputs differ from those of the most
trusted one. The environment variable DARKCSP_MEASURE=0 forbids measuring: the engine is then the remembered one, or
else the one chosen by rule.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

from darkcsp.arrays import Array
from darkcsp.errors import DarkcspError
from darkcsp.runtimes.backend import AUTO, Candidate, Threads
from darkcsp.runtimes.backends import BACKENDS
from darkcsp.runtimes.choice.cache import choice_file, remember, remembered
from darkcsp.runtimes.choice.contained import ensure_passed, open_contained
from darkcsp.runtimes.choice.measuring import Trial, first_run, try_apart, try_here
from darkcsp.runtimes.choice.rule import open_by_rule
from darkcsp.runtimes.choice.selecting import Findings, choose, explanation
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import ModelSource

MEASURE = "DARKCSP_MEASURE"

logger = logging.getLogger("darkcsp")


def open_fastest(
    source: ModelSource, candidates: Sequence[Candidate], threads: int | None, workers: int = 1
) -> Runtime:
    """Open a model with the candidate that is remembered for it, or that is measured to be the fastest for one worker.

    Raises what `open_candidate` raises for the most trusted backend where none of them can open it.
    """
    each = Threads(threads, workers).each
    file = choice_file(source, candidates, each)
    known = remembered(file, candidates)
    if known is not None:
        try:
            runtime = open_contained(source, known, threads, workers)
        except DarkcspError:
            pass
        else:
            logger.debug("%s: %s, as measured before (%s)", source.path, known, file)
            return runtime
    if os.environ.get(MEASURE) == "0":
        return open_by_rule(source, candidates, threads, workers)
    findings = look(source, candidates, each)
    fastest = choose(findings, lambda: _referee(source, candidates, each))
    if fastest is None:
        return open_by_rule(source, candidates, threads, workers)
    figures = {str(item): round(1000 * found.seconds, 3) for item, found in findings.measured.items()}
    remember(file, source, fastest, figures)
    logger.info("%s", explanation(source.path, fastest, figures, findings.left_out))
    opened = findings.opened.get(fastest) if workers == 1 else None
    return opened or open_contained(source, fastest, threads, workers)


def look(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Findings:
    """Measure candidates: those of one thread pool side by side, others in processes of their own, one by one."""
    if share_threads(candidates):
        return _look_here(source, candidates, threads)
    findings = Findings()
    for candidate in candidates:
        try:
            ensure_passed(source, candidate, threads)
            findings.measured[candidate] = try_apart(source, candidate, threads)
        except DarkcspError as error:
            findings.left_out[candidate] = str(error)
    return findings


def share_threads(candidates: Sequence[Candidate]) -> bool:
    """Tell whether one pool of threads does the work of all candidates, so that none hinders another by its own."""
    names = {candidate.backend for candidate in candidates}
    if len(names) != 1:
        return False
    backend = BACKENDS[names.pop()]
    own = {engine.name for engine in backend.engines() if engine.own_threads}
    return backend.one_pool and own.isdisjoint(candidate.engine for candidate in candidates)


def _look_here(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Findings:
    findings = Findings()
    outputs: dict[Candidate, tuple[Array, ...]] = {}
    for candidate in candidates:
        try:
            runtime = open_contained(source, candidate, threads)
            outputs[candidate] = first_run(runtime)
        except DarkcspError as error:
            findings.left_out[candidate] = str(error)
        else:
            findings.opened[candidate] = runtime
    if findings.opened:
        trials = try_here(findings.opened, outputs)
        findings.measured.update(zip(findings.opened, trials, strict=True))
    return findings


def _referee(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Trial | None:
    """Run the most trusted backend; None where it is a candidate itself, or cannot be run."""
    most_trusted = next(iter(BACKENDS.values()))
    if not most_trusted.is_installed() or most_trusted.name in {candidate.backend for candidate in candidates}:
        return None
    candidate = Candidate(most_trusted.name, AUTO)
    try:
        ensure_passed(source, candidate, threads)
        return try_apart(source, candidate, threads)
    except DarkcspError:
        return None
