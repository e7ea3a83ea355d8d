"""Alternatives that take turns, so that other load on the machine disturbs all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Times = dict[str, list[float]]
"""Way -> seconds of each round."""


def take_turns(
    ways: Mapping[str, Callable[[int], object]],
    rounds: Iterable[int],
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Return the seconds of every way in every round. The order is reversed from round to round.

    Args:
        ways: what is timed, given the number of the round.
        rounds: their numbers.
        clock: seconds since any moment.
    """
    times: Times = {way: [] for way in ways}
    for number in rounds:
        for way in list(ways) if number % 2 else list(ways)[::-1]:
            start = clock()
            ways[way](number)
            times[way].append(clock() - start)
    return times


def rounds_for(seconds: float, least: int) -> Iterator[int]:
    """Number rounds until time is up, but at least a minimum."""
    end, number = time.perf_counter() + seconds, 0
    while number < least or time.perf_counter() < end:
        yield number
        number += 1


def ratios(times: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return how many times as long as `base` each round took."""
    return [own / other for own, other in zip(times, base, strict=True)]
