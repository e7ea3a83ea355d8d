"""The source that reads a picture from standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from darkcsp.errors import MediaError
from darkcsp.media.bounded import MOST_BYTES, read_stream
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.picture_files import MOST_PIXELS, decode_picture

NAME = "standard input"


class StandardInput:
    """A Source of the one encoded picture in a stream."""

    count = 1

    def __init__(self, stream: BinaryIO | None = None, most_pixels: int | None = MOST_PIXELS) -> None:
        """Read from `stream`, standard input by default."""
        self._stream, self._most_pixels = stream, most_pixels

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        try:
            data = read_stream(self._stream or _standard_input(), NAME, MOST_BYTES)
            image = decode_picture(data, NAME, self._most_pixels)
        except MediaError as error:
            yield Unreadable(NAME, error)
        else:
            yield Frame(NAME, Path("stdin"), image)


def _standard_input() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:  # the program was started without one
        raise MediaError(NAME, "is closed, expected a picture")
    return sys.stdin.buffer
