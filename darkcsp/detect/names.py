"""Class names: one per line, the first for class 0 (get_labels_custom in src/data.c)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from darkcsp.errors import MediaError

HIDDEN = "dont_show"
"""Darknet reports nothing of a class whose name begins so."""


def read_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Read a names file. An empty line names nothing, but counts. Raises MediaError."""
    name = os.fspath(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise MediaError(name, "is a binary file, expected class names, one per line")
    names = tuple(line.strip() for line in data.decode("utf-8-sig", "replace").splitlines())
    while names and not names[-1]:
        names = names[:-1]
    if not names:
        raise MediaError(name, "is empty, expected class names, one per line")
    return names


def name_of(names: Sequence[str], class_id: int) -> str:
    """Return a class's name; its number where it has none."""
    return (names[class_id] if class_id < len(names) else "") or str(class_id)
