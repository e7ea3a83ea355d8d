"""One picture on its way from a source to the sinks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from darkcsp.errors import MediaError


@dataclass(frozen=True, eq=False)
class Clip:
    """The video that frames belong to; frames of one clip share the object.

    Attributes:
        rate: frames per second.
    """

    rate: float


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture and where it came from.

    Attributes:
        origin: the file's path, or whatever else the user named: a URL, "camera 0", "-".
        relative: its path relative to what the user named, under which sinks write its results.
        image: (height, width, 3) uint8, BGR.
        clip: the video that it is a frame of, None for a single picture.
        number: index of the frame in its clip, from 0.
    """

    origin: str
    relative: Path
    image: npt.NDArray[np.uint8]
    clip: Clip | None = None
    number: int = 0

    @property
    def title(self) -> str:
        """Its name in messages."""
        return self.origin if self.clip is None else f"{self.origin} frame {self.number}"

    @property
    def own_path(self) -> Path:
        """As `relative`, but different for each frame of a clip: `a/film-000012.mp4`."""
        if self.clip is None:
            return self.relative
        return self.relative.with_name(f"{self.relative.stem}-{self.number:06d}{self.relative.suffix}")


@dataclass(frozen=True)
class Unreadable:
    """A picture that could not be read, and why."""

    origin: str
    error: MediaError


def origin_of(path: Path) -> str:
    """Return a file's path as text that can be written anywhere; undecodable bytes become question marks."""
    return path.as_posix().encode("utf-8", "replace").decode("utf-8")
