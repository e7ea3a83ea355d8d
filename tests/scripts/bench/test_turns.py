"""Ways take turns, by a clock that they move on."""

from __future__ import annotations

import itertools
import time

import pytest

from scripts.bench.turns import ratios, rounds_for, take_turns


def test_the_order_turns_round() -> None:
    now, log = [0.0], list[tuple[str, int]]()

    def way(name: str, number: int) -> None:
        log.append((name, number))
        now[0] += {"slow": 2.0, "quick": 1.0}[name] + number

    ways = {name: (lambda number, name=name: way(name, number)) for name in ("slow", "quick")}
    times = take_turns(ways, range(3), lambda: now[0])
    assert log == [("quick", 0), ("slow", 0), ("slow", 1), ("quick", 1), ("quick", 2), ("slow", 2)]
    assert times == {"slow": [2.0, 3.0, 4.0], "quick": [1.0, 2.0, 3.0]}
    assert ratios(times["slow"], times["quick"]) == [2.0, 1.5, 4 / 3]


def test_rounds_go_on_until_time_is_up_and_they_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: next(seconds))
    assert list(rounds_for(0.0, 3)) == [0, 1, 2]
    assert list(rounds_for(5.0, 0)) == [0, 1, 2, 3]
