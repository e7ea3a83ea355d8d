"""What a worker does between requests and answers."""

from __future__ import annotations

import time

import pytest
from darkcsp.benchmark.serving import CLOCKS, Clock, timed


class Ticking:
    """A clock that runs tell the time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("clock", ["wall", "cpu"])
def test_runs_go_on_until_time_is_up_and_they_are_enough(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    ticking = Ticking()
    monkeypatch.setitem(CLOCKS, clock, ticking)

    def run() -> None:
        ticking.now += 0.25

    assert timed(run, 0.0, 3, clock) == [0.25] * 3
    assert timed(run, 1.0, 1, clock) == [0.25] * 4
    assert timed(run, 1.01, 1, clock) == [0.25] * 5


def test_the_clocks() -> None:
    assert {"wall": time.perf_counter, "cpu": time.process_time} == CLOCKS
