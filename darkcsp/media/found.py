"""A file that is to be read, and where what belongs to it goes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Found(NamedTuple):
    """A picture or video file, and its path below what led to it: the folder, or the fixed part of the pattern."""

    path: Path
    relative: Path
