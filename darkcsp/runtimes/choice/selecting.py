"""The choice among candidates that were measured, and how it is told."""

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
"""Why a candidate is left out that is wrong."""


@dataclass
class Findings:
    """What measuring brought.

    Attributes:
        measured: candidates in the order of trust, with what they did.
        left_out: others, and why they are left out.
        opened: runtimes of those that are open in this process.
    """

    measured: dict[Candidate, Trial] = field(default_factory=dict)
    left_out: dict[Candidate, str] = field(default_factory=dict)
    opened: dict[Candidate, Runtime] = field(default_factory=dict)


def choose(findings: Findings, judge: Callable[[], Sequence[Array] | None], metadata: Metadata) -> Candidate | None:
    """Return the fastest candidate that is right, None if none is; those that are wrong become left out.

    `judge` gives the outputs that are right, or None if it cannot run the model; it is asked only if `needs_judge`.
    Without its word, the most trusted candidate is right.
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
    """Say what was chosen, and why."""
    others = [f"{name} {value:.1f} ms" for name, value in milliseconds.items() if name != str(fastest)]
    text = f"{path}: {fastest} is used, measured at {milliseconds[str(fastest)]:.1f} ms a picture"
    if others:
        text += f"; {', '.join(others)}"
    return text + "".join(f"; {candidate} is left out: {reason}" for candidate, reason in left_out.items())
