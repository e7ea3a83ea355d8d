"""What every source offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from darkcsp.media.frame import Frame, Unreadable


class Source(Protocol):
    """Gives pictures one by one. One that cannot be read is told of, and does not end the rest."""

    @property
    def count(self) -> int | None:
        """How many there will be, None where nobody can say; what a video says of itself may be a little off."""
        ...

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """Read them in order."""
        ...
