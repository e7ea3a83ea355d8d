"""A file to read, and the relative path for its results."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Found(NamedTuple):
    """A picture or video file, and its path relative to its folder argument or the fixed part of its pattern."""

    path: Path
    relative: Path
