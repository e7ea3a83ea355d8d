"""The shape of a layer's output for one image."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """Channels, height and width of one image's activations; vectors are (n, 1, 1)."""

    c: int
    h: int
    w: int

    @property
    def size(self) -> int:
        """Number of values."""
        return self.c * self.h * self.w

    def broadcast(self, other: Shape) -> Shape | None:
        """Return the shape of the sum of both, where a dimension of 1 fits any other; None if they do not fit."""
        pairs = tuple(zip(self, other, strict=True))
        if any(1 not in pair and pair[0] != pair[1] for pair in pairs):
            return None
        return Shape(*(max(pair) for pair in pairs))

    def __str__(self) -> str:
        return f"{self.c}x{self.h}x{self.w}"
