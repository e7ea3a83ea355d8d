"""Losses added up between measurements."""

from __future__ import annotations

import operator
from typing import NamedTuple

from scripts.digits.loss import Parts


class Losses(NamedTuple):
    """Averages of the loss and its terms, as in `Parts`."""

    total: float = 0.0
    box: float = 0.0
    objectness: float = 0.0
    classes: float = 0.0


class Sums(NamedTuple):
    """Losses added up since the last measurement."""

    steps: int = 0
    losses: Losses = Losses()

    def plus(self, parts: Parts) -> Sums:
        """Return the sums including another step."""
        values = (float(part.detach()) for part in parts)
        return Sums(self.steps + 1, Losses(*map(operator.add, self.losses, values)))

    def means(self) -> Losses:
        """Return the averages."""
        return Losses(*(loss / max(self.steps, 1) for loss in self.losses))
