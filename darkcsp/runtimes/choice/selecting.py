"""The choice among candidates that were measured, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.measuring import Trial, agree
from darkcsp.runtimes.runtime import Runtime


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


def choose(findings: Findings, referee: Callable[[], Trial | None]) -> Candidate | None:
    """Return the fastest candidate that agrees, None where none runs; those that disagree become left out.

    Where the candidates disagree, `referee` says what is right, if it can and one of them says the same; or else the
    most trusted of them.
    """
    measured = findings.measured
    if not measured:
        return None
    trusted = next(iter(measured.values()))
    if not all(agree(trusted.outputs, found.outputs) for found in measured.values()):
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
