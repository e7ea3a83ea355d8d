"""The source that reads a camera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from darkcsp.errors import MediaError
from darkcsp.media.capture import OpenCapture, frames, open_with_opencv, opened
from darkcsp.media.frame import Frame, Unreadable


class Camera:
    """A Source of a camera's frames, until the camera is switched off or the reader stops."""

    count = None

    def __init__(self, index: int, open_capture: OpenCapture = open_with_opencv) -> None:
        """Use camera `index`, counted from 0 as in the operating system."""
        self._index, self._open = index, open_capture

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        name = f"camera {self._index}"
        try:
            with opened(self._index, name, self._open) as capture:
                yield from frames(capture, name, Path(f"camera-{self._index}.mp4"))
        except MediaError as error:
            yield Unreadable(name, error)
