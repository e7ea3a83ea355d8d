"""Opens a model with the fastest of several engines on this machine, which are measured once.

Candidates that cannot read or run the model are left out, and so are those whose outputs are wrong, see `judging`. The
environment variable DARKCSP_MEASURE=0 disables measuring: the remembered engine is used, or the one chosen by rule.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

from darkcsp.arrays import Array
from darkcsp.errors import DarkcspError, ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.runtimes.backend import AUTO, Candidate, Threads
from darkcsp.runtimes.backends import BACKENDS
from darkcsp.runtimes.choice.cache import choice_file, remember, remembered
from darkcsp.runtimes.choice.contained import ensure_passed, open_contained
from darkcsp.runtimes.choice.measuring import first_run, outputs_apart, try_apart, try_here
from darkcsp.runtimes.choice.rule import open_by_rule
from darkcsp.runtimes.choice.selecting import DIFFERS, Findings, choose, explanation
from darkcsp.runtimes.fitting import use_backend
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import ModelSource

MEASURE = "DARKCSP_MEASURE"

_JUDGE = next(iter(BACKENDS.values()))
"""The most trusted backend, which is always installed with darkcsp; it decides which engines are right."""

logger = logging.getLogger("darkcsp")


def is_beyond_question(candidates: Sequence[Candidate], metadata: Metadata) -> bool:
    """Return whether there is nothing to measure: a single candidate, for float32 or of the judge's own backend."""
    return len(candidates) == 1 and (metadata.precision == "fp32" or candidates[0].backend == _JUDGE.name)


def open_fastest(
    source: ModelSource, candidates: Sequence[Candidate], threads: int | None, workers: int = 1
) -> Runtime:
    """Open a model with the remembered candidate, or the one that is measured to be the fastest for one worker.

    Raises what `open_candidate` raises for the most trusted backend if none of them can open it, ModelError if none of
    them is right.
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
    fastest = choose(findings, lambda: _judge(source, candidates, each), source.metadata)
    if fastest is None:
        _check_none_is_wrong(source, findings)
        return open_by_rule(source, candidates, threads, workers)
    figures = {str(item): round(1000 * found.seconds, 3) for item, found in findings.measured.items()}
    remember(file, source, fastest, figures)
    logger.info("%s", explanation(source.path, fastest, figures, findings.left_out))
    opened = findings.opened.get(fastest) if workers == 1 else None
    return opened or open_contained(source, fastest, threads, workers)


def look(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Findings:
    """Measure candidates: side by side if they share a thread pool, otherwise one by one in separate processes."""
    if share_threads(candidates):
        return _look_here(source, candidates, threads)
    findings = Findings()
    for candidate in candidates:
        try:
            ensure_passed(source, candidate, threads)
            findings.measured[candidate] = try_apart(source, candidate, threads)
        except DarkcspError as error:
            findings.left_out[candidate] = str(error).removeprefix(f"{source.path}: ")
    return findings


def share_threads(candidates: Sequence[Candidate]) -> bool:
    """Return whether all candidates share one thread pool, so that they do not slow each other down."""
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
            findings.left_out[candidate] = str(error).removeprefix(f"{source.path}: ")
        else:
            findings.opened[candidate] = runtime
    if findings.opened:
        trials = try_here(findings.opened, outputs)
        findings.measured.update(zip(findings.opened, trials, strict=True))
    return findings


def _judge(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Sequence[Array] | None:
    """Run the most trusted backend; return None if it is itself a candidate, or cannot run."""
    if not _JUDGE.is_installed() or _JUDGE.name in {candidate.backend for candidate in candidates}:
        return None
    candidate = Candidate(_JUDGE.name, AUTO)
    try:
        ensure_passed(source, candidate, threads)
        return outputs_apart(source, candidate, threads)
    except DarkcspError:
        return None


def _check_none_is_wrong(source: ModelSource, findings: Findings) -> None:
    """Raise ModelError if candidates ran, but their outputs differ from the judge's."""
    wrong = [str(candidate) for candidate, reason in findings.left_out.items() if reason == DIFFERS]
    if wrong:
        reason = f"{' and '.join(wrong)} gave different outputs from {_JUDGE.title}; use {use_backend(_JUDGE)}"
        raise ModelError(source.path, reason)
