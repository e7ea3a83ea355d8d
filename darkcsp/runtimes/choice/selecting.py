"""Chooses among measured candidates, and explains the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from darkcsp.arrays import Array
from darkcsp.modelfile.metadata import Metadata
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.judging import agree, needs_judge
from darkcsp.runtimes.choice.measuring import Trial
from darkcsp.runtimes.runtime import Runtime

DIFFERS = "its outputs differ"
"""Why a wrong candidate is left out."""


@dataclass
class Findings:
    """The results of measuring.

    Attributes:
        measured: candidates in the order of trust, with their trials.
        left_out: other candidates, with the reason.
        opened: runtimes of the candidates that are open in this process.
    """

    measured: dict[Candidate, Trial] = field(default_factory=dict)
    left_out: dict[Candidate, str] = field(default_factory=dict)
    opened: dict[Candidate, Runtime] = field(default_factory=dict)


def choose(findings: Findings, judge: Callable[[], Sequence[Array] | None], metadata: Metadata) -> Candidate | None:
    """Return the fastest candidate that is right, or None; wrong ones are moved to `left_out`.

    `judge` returns the right outputs, or None if it cannot run the model; it is called only if `needs_judge`. Otherwise
    the most trusted candidate is taken as right.
    """
    measured = findings.measured
    if not measured:
        return None
    outputs = [found.outputs for found in measured.values()]
    verdict = judge() if needs_judge(outputs, metadata) else None
    right = outputs[0] if verdict is None else verdict
    for candidate, found in list(measured.items()):
        if not agree(right, found.outputs, metadata):
            findings.left_out[candidate] = DIFFERS
            del measured[candidate]
            findings.opened.pop(candidate, None)
    return min(measured, key=lambda candidate: measured[candidate].seconds, default=None)


def explanation(
    path: str, fastest: Candidate, milliseconds: Mapping[str, float], left_out: Mapping[Candidate, str]
) -> str:
    """Return a line that says what was chosen, and why."""
    others = [f"{name} {value:.1f} ms" for name, value in milliseconds.items() if name != str(fastest)]
    text = f"{path}: {fastest} is used, measured at {milliseconds[str(fastest)]:.1f} ms a picture"
    if others:
        text += f"; {', '.join(others)}"
    return text + "".join(f"; {candidate} is left out: {reason}" for candidate, reason in left_out.items())
