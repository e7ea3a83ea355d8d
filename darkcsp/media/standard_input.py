"""The source that reads a picture from standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from darkcsp.errors import MediaError
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.picture_files import decode_picture

NAME = "standard input"


class StandardInput:
    """A Source of the one encoded picture that a stream holds."""

    count = 1

    def __init__(self, stream: BinaryIO | None = None) -> None:
        """Read from `stream`, standard input by default."""
        self._stream = stream

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        try:
            image = decode_picture((self._stream or sys.stdin.buffer).read(), NAME)
        except MediaError as error:
            yield Unreadable(NAME, error)
        else:
            yield Frame(NAME, Path("stdin"), image)
