"""The interface of sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from darkcsp.media.frame import Frame, Unreadable


class Source(Protocol):
    """Gives pictures one by one. An unreadable picture is reported and does not stop the others."""

    @property
    def count(self) -> int | None:
        """Number of pictures, None if unknown. The number in a video's header may be slightly wrong."""
        ...

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """Read the pictures in order."""
        ...
