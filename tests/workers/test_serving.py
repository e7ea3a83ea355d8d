"""When a turn of timed runs is over, by a clock that the tests turn."""

from __future__ import annotations

import pytest

from darkcsp.workers import serving
from darkcsp.workers.serving import Turn, timed


class Machine:
    """A run that takes as long as the test says."""

    def __init__(self, *seconds: float) -> None:
        self.now, self.runs, self._seconds = 0.0, 0, list(seconds)

    def run(self) -> None:
        self.now += self._seconds[min(self.runs, len(self._seconds) - 1)]
        self.runs += 1


def times(monkeypatch: pytest.MonkeyPatch, turn: Turn, *seconds: float) -> tuple[list[float], int]:
    """Times that a turn gives, and how many runs it took."""
    machine = Machine(*seconds)
    monkeypatch.setitem(serving.CLOCKS, turn.clock, lambda: machine.now)
    return timed(machine.run, turn), machine.runs


@pytest.mark.parametrize(
    ("turn", "seconds", "runs"),
    [
        (Turn(seconds=3.0, least=2), 1.0, 3),
        (Turn(seconds=3.0, least=5), 1.0, 5),
        (Turn(seconds=0.0, least=1), 1.0, 1),
        (Turn(seconds=9.0, least=2, most=4), 1.0, 4),
        (Turn(seconds=9.0, least=3, most=2), 1.0, 3),
        (Turn(seconds=9.0, least=2, patience=2.0), 8.0, 1),
        (Turn(seconds=9.0, least=2, patience=2.0), 1.0, 9),
        (Turn(seconds=1.0, least=2, clock="cpu"), 1.0, 2),
    ],
)
def test_how_long_a_turn_lasts(turn: Turn, seconds: float, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert times(monkeypatch, turn, seconds) == ([seconds] * runs, runs)


def test_runs_ahead_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert times(monkeypatch, Turn(seconds=2.0, least=1, ahead=2), 8.0, 8.0, 1.0) == ([1.0, 1.0], 4)
