"""Class names: one per line, the first for class 0 (get_labels_custom in src/data.c)."""

from __future__ import annotations

import os
from collections.abc import Sequence

from darkcsp.errors import MediaError
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.small_files import read_small

HIDDEN = "dont_show"
"""Darknet reports nothing of a class whose name begins so."""


def read_names(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """Read a names file. An empty line names nothing, but counts. Raises MediaError, LimitError."""
    name = os.fspath(path)
    try:
        data = read_small(path, limits, "names_bytes")
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise MediaError(name, "is a binary file, expected class names, one per line")
    names = [line.strip() for line in data.decode("utf-8-sig", "replace").splitlines()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise MediaError(name, "is empty, expected class names, one per line")
    return tuple(names)


def name_of(names: Sequence[str], class_id: int) -> str:
    """Return a class's name; its number where it has none."""
    return (names[class_id] if class_id < len(names) else "") or str(class_id)
