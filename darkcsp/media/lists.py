"""Lists of pictures as in Darknet: text files with one path per line (get_paths in src/data.c)."""

from __future__ import annotations

import os
from pathlib import Path

from darkcsp.errors import MediaError
from darkcsp.media.bounded import read_file
from darkcsp.media.found import Found

LISTS = frozenset({".txt"})
"""File endings of lists."""

MOST_BYTES = 100_000_000
"""Size of the largest list that is read, in bytes."""


def read_list(file: str | os.PathLike[str]) -> list[Found]:
    """Return the files that a list names, in its order; empty lines are skipped.

    A relative path is looked up in the working directory, as in Darknet, and then next to the list. Missing files are
    reported when they are read. A picture, whatever its name, is a list of itself.

    Raises MediaError if the list cannot be read or has no paths in it.
    """
    folder = Path(file).parent
    data = read_file(file, MOST_BYTES)
    if b"\0" in data:
        return [Found(Path(file), Path(Path(file).name))]
    lines = [line.strip() for line in data.decode("utf-8-sig", "surrogateescape").splitlines()]
    found = [Found(_found(Path(line), folder), _relative(Path(line))) for line in lines if line]
    if not found:
        raise MediaError(file, "is a list without pictures, expected one path per line")
    return found


def _found(path: Path, folder: Path) -> Path:
    beside = folder / path
    return beside if not os.path.lexists(path) and os.path.lexists(beside) else path


def _relative(path: Path) -> Path:
    """Return a path for results below a folder: the path itself, or its name if the path leads out of the folder."""
    return Path(path.name) if path.is_absolute() or ".." in path.parts else path
