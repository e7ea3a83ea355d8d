"""The fastest of several engines for a model on this machine, found by measuring, once.

Candidates that cannot read or run the model are left out, and so are those whose outputs differ from those of the most
trusted one. The environment variable DARKCSP_MEASURE=0 forbids measuring: the first candidate that opens is taken then,
unless a choice is remembered.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from darkcsp.errors import DarkcspError
from darkcsp.runtimes.apart import measure_apart
from darkcsp.runtimes.backends import Candidate, is_installed, open_candidate
from darkcsp.runtimes.choices import choice_file, remember, remembered
from darkcsp.runtimes.measuring import Measured, agree, first_run, take_turns
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import Source

MEASURE = "DARKCSP_MEASURE"
SECONDS = 0.3
"""How long runs of one candidate may take, beyond the few that there must be."""

REFEREE = Candidate("onnxruntime", "default")
"""Whom the others are held to where they disagree."""

logger = logging.getLogger("darkcsp")


@dataclass
class Findings:
    """What measuring brought: candidates in the order of trust with what they did, and why others are left out."""

    measured: dict[Candidate, Measured] = field(default_factory=dict)
    left_out: dict[Candidate, str] = field(default_factory=dict)
    opened: dict[Candidate, Runtime] = field(default_factory=dict)


def open_fastest(source: Source, candidates: Sequence[Candidate], threads: int | None) -> Runtime:
    """Open a model with the candidate that is remembered for it, or that is measured to be the fastest.

    Raises what `open_candidate` raises for the first backend where none of them can open it.
    """
    file = choice_file(source, candidates, threads)
    known = remembered(file, candidates)
    if known is not None:
        try:
            runtime = open_candidate(source, known, threads)
        except DarkcspError:
            pass
        else:
            logger.debug("%s: %s, as measured before (%s)", source.path, known, file)
            return runtime
    if os.environ.get(MEASURE) == "0":
        return _first_that_opens(source, candidates, threads)
    findings = look(source, candidates, threads)
    fastest = choose(findings, lambda: _referee(source, threads))
    if fastest is None:
        return _first_that_opens(source, candidates, threads)
    figures = {str(item): round(1000 * found.seconds, 3) for item, found in findings.measured.items()}
    remember(file, source, fastest, figures)
    logger.info("%s", explanation(source.path, fastest, figures, findings.left_out))
    return findings.opened.get(fastest) or open_candidate(source, fastest, threads)


def look(source: Source, candidates: Sequence[Candidate], threads: int | None) -> Findings:
    """Measure candidates: those of one library side by side, others in processes of their own, one after the other."""
    if {candidate.backend for candidate in candidates} == {"opencv"} and not any(
        candidate.engine == "ort" for candidate in candidates
    ):
        return _look_here(source, candidates, threads)  # the same thread pool does the work of both
    findings = Findings()
    for candidate in candidates:
        try:
            findings.measured[candidate] = _apart(source, candidate, threads)
        except DarkcspError as error:
            findings.left_out[candidate] = str(error)
    return findings


def choose(findings: Findings, referee: Callable[[], Measured | None]) -> Candidate | None:
    """Return the fastest candidate that agrees, None where none runs; those that disagree become left out.

    Where the candidates disagree, `referee` says what is right, if it can, or else the first of them.
    """
    measured = findings.measured
    if not measured:
        return None
    trusted = next(iter(measured.values()))
    if REFEREE not in measured and not all(agree(trusted.outputs, found.outputs) for found in measured.values()):
        judge = referee()
        if judge is not None and any(agree(judge.outputs, found.outputs) for found in measured.values()):
            trusted = judge
    for candidate, found in list(measured.items()):
        if not agree(trusted.outputs, found.outputs):
            findings.left_out[candidate] = "its outputs differ"
            del measured[candidate]
            findings.opened.pop(candidate, None)
    return min(measured, key=lambda candidate: measured[candidate].seconds)


def explanation(
    path: str, fastest: Candidate, milliseconds: Mapping[str, float], left_out: Mapping[Candidate, str]
) -> str:
    """Say what was chosen, and why."""
    others = [f"{name} {value:.1f} ms" for name, value in milliseconds.items() if name != str(fastest)]
    text = f"{path}: {fastest} is used, measured at {milliseconds[str(fastest)]:.1f} ms a picture"
    if others:
        text += f"; {', '.join(others)}"
    return text + "".join(f"; {candidate} is left out: {reason}" for candidate, reason in left_out.items())


def _look_here(source: Source, candidates: Sequence[Candidate], threads: int | None) -> Findings:
    findings, outputs = Findings(), []
    for candidate in candidates:
        try:
            runtime = open_candidate(source, candidate, threads)
            outputs.append(first_run(runtime))
        except DarkcspError as error:
            findings.left_out[candidate] = str(error)
        else:
            findings.opened[candidate] = runtime
    if findings.opened:
        seconds = take_turns(list(findings.opened.values()), SECONDS * len(findings.opened))
        found = (Measured(*pair) for pair in zip(seconds, outputs, strict=True))
        findings.measured.update(zip(findings.opened, found, strict=True))
    return findings


def _apart(source: Source, candidate: Candidate, threads: int | None) -> Measured:
    arguments = {"backend": candidate.backend, "engine": candidate.engine, "threads": threads}
    return measure_apart({**source.arguments, **arguments}, SECONDS)


def _referee(source: Source, threads: int | None) -> Measured | None:
    if not is_installed(REFEREE.backend):
        return None
    try:
        return _apart(source, REFEREE, threads)
    except DarkcspError:
        return None


def _first_that_opens(source: Source, candidates: Sequence[Candidate], threads: int | None) -> Runtime:
    errors: dict[str, DarkcspError] = {}
    for candidate in candidates:
        try:
            return open_candidate(source, candidate, threads)
        except DarkcspError as error:
            errors[candidate.backend] = error  # OpenCV's last engine says what it stumbles over, its first does not
    raise next(iter(errors.values()))
