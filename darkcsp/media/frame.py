"""One picture on its way from a source to the sinks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from darkcsp.errors import MediaError


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture and where it came from.

    Attributes:
        path: the file.
        relative: its path below what the user named; where sinks put what belongs to it.
        image: (height, width, 3) uint8, BGR.
    """

    path: Path
    relative: Path
    image: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Unreadable:
    """A picture that could not be read, and why."""

    path: Path
    error: MediaError
