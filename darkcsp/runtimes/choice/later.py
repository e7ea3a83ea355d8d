"""Starts with the engine chosen by rule, and switches to the fastest one once there is enough work for measuring.

The first results come immediately, and a few pictures never wait for a measurement. Once the network has run for a
while, much more work is likely, and a second spent on measuring soon pays off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from darkcsp.arrays import Array
from darkcsp.errors import DarkcspError
from darkcsp.runtimes.runtime import Pixels, Runtime

SECONDS, RUNS = 3.0, 10
"""How long and how often a network must have run before engines are measured for it."""


class FastestLater:
    """A `Runtime` for one thread, which switches to another engine while it is in use.

    A recurrent network stays with the engine that carries its state.
    """

    def __init__(
        self, first: Runtime, open_fastest: Callable[[], Runtime], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Start with `first`; `open_fastest` measures, and returns the runtime to continue with."""
        self.name, self.path = first.name, first.path
        self.input_shape, self.output_names = first.input_shape, first.output_names
        self.metadata, self.recurrent = first.metadata, first.recurrent
        self._runtime, self._open_fastest, self._clock = first, open_fastest, clock
        self._seconds, self._runs = 0.0, 0
        self._is_settled = first.recurrent

    def run(self, batch: Pixels) -> list[Array]:
        """See Runtime."""
        if self._is_settled:
            return self._runtime.run(batch)
        if self._runs >= RUNS and self._seconds >= SECONDS:
            self._is_settled = True
            with suppress(DarkcspError):  # continue with the current engine
                self._runtime = self._open_fastest()
                self.name = self._runtime.name
            return self._runtime.run(batch)
        start = self._clock()
        outputs = self._runtime.run(batch)
        self._seconds += self._clock() - start
        self._runs += 1
        return outputs

    def reset(self) -> None:
        """See Runtime."""
        self._runtime.reset()
