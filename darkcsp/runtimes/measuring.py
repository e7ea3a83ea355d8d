"""How long open models take for a picture, and whether they agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from darkcsp.runtimes.runtime import Array, Runtime

CLOSE = 1e-3
"""How far outputs of two engines may lie apart, absolutely or relatively, where they calculate the same in float32."""
_STRAY = 1e-3
"""Share of values that may lie further apart: those that a threshold on the way lets through here and not there."""

_LEAST, _MOST = 2, 12
_PATIENCE = 2.0
"""Seconds after which one run of each is enough."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What running a model showed: seconds of its quickest run, and its outputs for one picture."""

    seconds: float
    outputs: tuple[Array, ...]


def first_run(runtime: Runtime) -> tuple[Array, ...]:
    """Return a model's outputs for a random picture, the same for all of one shape. Raises ModelError."""
    return tuple(runtime.run(_picture(runtime)))


def take_turns(
    runtimes: Sequence[Runtime], seconds: float, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Time models that have run before, in turns, until each has had 2 runs and `seconds` are over, or 12; 1 if slow.

    Returns the seconds of each one's quickest run, which other work on the machine disturbed least. Raises ModelError.
    """
    pictures = [_picture(runtime) for runtime in runtimes]
    times: list[list[float]] = [[] for _ in runtimes]
    begun = clock()
    while not _enough(len(times[-1]), clock() - begun, seconds):
        for runtime, picture, own in zip(runtimes, pictures, times, strict=True):
            start = clock()
            runtime.run(picture)
            own.append(clock() - start)
    for runtime in runtimes:
        runtime.reset()
    return [min(own) for own in times]


def _enough(runs: int, passed: float, seconds: float) -> bool:
    if runs < _LEAST:
        return runs > 0 and passed > _PATIENCE
    return runs >= _MOST or passed > seconds


def _picture(runtime: Runtime) -> Array:
    return np.random.default_rng(0).random((1, *runtime.input_shape), np.float32)


def agree(one: Sequence[Array], other: Sequence[Array]) -> bool:
    """Tell whether two engines gave the same outputs, but for rounding."""
    if [array.shape for array in one] != [array.shape for array in other]:
        return False
    return all(
        np.count_nonzero(~np.isclose(a, b, rtol=CLOSE, atol=CLOSE, equal_nan=True)) <= _STRAY * a.size
        for a, b in zip(one, other, strict=True)
    )
