"""The summary line of a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkcsp.media import Targets, Unreadable
    from darkcsp.media.pipeline import Done


class Counter:
    """Counts pictures, video frames and unreadable inputs, and measures the time since it was made."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.pictures = self.frames = self.failed = 0
        self._clock, self._start = clock, clock()

    def add(self, item: Done | Unreadable) -> None:
        """Count one more."""
        frame = getattr(item, "frame", None)
        if frame is None:
            self.failed += 1
        elif frame.clip is None:
            self.pictures += 1
        else:
            self.frames += 1

    def summary(self, drawn: Targets | None) -> str:
        """Return one line: how many were processed, how fast, and where boxes were drawn, if anywhere."""
        seconds = self._clock() - self._start
        done = [_several(self.pictures, "picture"), _several(self.frames, "frame")]
        text = f"{' and '.join(filter(None, done)) or 'no pictures'} in {_number(seconds)} s"
        if (count := self.pictures + self.frames) > 1 and seconds > 0:
            text += f", {_number(count / seconds)} per second"
        if self.failed:
            text += f"; {self.failed} could not be read"
        if drawn is None:
            return text
        replaced = f", replacing {_several(drawn.replaced, 'earlier file')}" if drawn.replaced else ""
        return f"{text}; boxes drawn in {drawn.folder}{replaced}"


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}" if count else ""


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
