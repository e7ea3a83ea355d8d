"""The shape of what a layer gives for one picture."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """Channels, height, width of one image's activations; vectors are (n, 1, 1)."""

    c: int
    h: int
    w: int

    @property
    def size(self) -> int:
        """Number of values."""
        return self.c * self.h * self.w

    def __str__(self) -> str:
        return f"{self.c}x{self.h}x{self.w}"
