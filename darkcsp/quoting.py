"""What a file says, as messages quote it: printable, and no more of it than tells what is meant."""

from __future__ import annotations

MOST = 80
"""Characters that are quoted of a text."""


def quoted(text: str) -> str:
    """Return a text in quotes, its start where it is long."""
    return repr(text) if len(text) <= MOST else f"{text[:MOST]!r}..."


def shown(text: str) -> str:
    """Return a text as it is where that is short and printable, else as `quoted` does."""
    return text if len(text) <= MOST and text.isprintable() else quoted(text)
