"""Numbered folders for results, one per run: `detections`, `detections-2`, `detections-3`."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path


def free_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the first of a folder's numbered names that does not exist or is empty."""
    wanted = Path(folder)
    names = (wanted if number == 1 else _numbered(wanted, number) for number in count(1))
    return next(path for path in names if _is_free(path))


def numbered_folders(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the folder, and its numbered names that exist."""
    wanted = Path(folder)
    pattern = re.compile(re.escape(wanted.name) + "-[1-9][0-9]*")
    try:
        others = [path for path in wanted.parent.iterdir() if pattern.fullmatch(path.name)]
    except OSError:
        others = []
    return [wanted, *sorted(others)]


def _numbered(folder: Path, number: int) -> Path:
    return folder.parent / f"{folder.name}-{number}"


def _is_free(path: Path) -> bool:
    """Return whether a folder is empty or missing. If the path is not a folder, making the folder reports it."""
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is None
    except OSError:
        return True
