"""Class names: one per line, the first for class 0 (get_labels_custom in src/data.c)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from darkcsp.errors import MediaError, Notice, Place, warn
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.small_files import read_small

HIDDEN = "dont_show"
"""Darknet does not report classes whose names begin with this."""

_OTHER_FILES = (
    (r"\s*(classes|train|valid|names|labels|backup)\s*=", "is a .data file, not a list of names; pass it as --data"),
    (r"\[(net|network)\]\s*$", "is a cfg, not a list of names; pass it as --cfg"),
)
"""Patterns for lines of other kinds of files, and the errors for them."""


def read_names(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """Read a names file.

    As in Darknet, a blank line in the middle is a class without a name; it gives a CfgWarning.
    Raises MediaError, LimitError.
    """
    name = os.fspath(path)
    lines = read_lines(path, limits, "class names, one per line")
    for pattern, message in _OTHER_FILES:
        if any(re.match(pattern, line) for line in lines):
            raise MediaError(name, message)
    blank = [number for number, line in enumerate(lines) if not line]
    if blank:
        more = f" (and {len(blank) - 1} more)" if len(blank) > 1 else ""
        message = f"is blank{more}, so class {blank[0]} has no name; delete the line if that is not intended"
        warn([Notice(Place(name, blank[0] + 1), message)])
    return tuple(lines)


def read_lines(path: str | os.PathLike[str], limits: Limits, expected: str) -> list[str]:
    """Return a text file's lines, stripped, up to the last one that is not blank.

    Raises MediaError, which says what was expected, and LimitError.
    """
    name = os.fspath(path)
    try:
        data = read_small(path, limits, "names_bytes")
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise MediaError(name, f"is a binary file, expected {expected}")
    lines = [line.strip() for line in data.decode("utf-8-sig", "replace").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise MediaError(name, f"is empty, expected {expected}")
    return lines


def name_of(names: Sequence[str], class_id: int) -> str:
    """Return a class's name, or its number if it has none."""
    return (names[class_id] if class_id < len(names) else "") or str(class_id)
