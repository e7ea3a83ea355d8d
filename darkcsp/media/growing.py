"""Text that is written piece by piece."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO, TextIO

from darkcsp.errors import MediaError
from darkcsp.files import write_whole
from darkcsp.media.targets import require_folder, write_stream


class GrowingText:
    """A file that takes its place only when it is finished, or an open stream, which shows each piece at once."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Check the target, without opening it yet. Raises MediaError if the file's folder does not exist."""
        self._target = target
        self._block: AbstractContextManager[BinaryIO] | None = None
        self._file: BinaryIO | None = None
        if isinstance(target, (str, os.PathLike)):
            require_folder(target)

    def write(self, text: str) -> None:
        """Add text. Raises MediaError if it cannot be written."""
        if not isinstance(self._target, (str, os.PathLike)):
            write_stream(self._target, text)
            return
        try:
            if self._file is None:
                self._block = write_whole(self._target)
                self._file = self._block.__enter__()
            self._file.write(text.encode("utf-8", "replace"))
        except OSError as error:
            raise self._failure(error) from None

    def finish(self) -> None:
        """Put the file in its place, empty if nothing was written. Raises MediaError if that fails."""
        self.write("")
        block, self._block = self._block, None
        if block is None:
            return
        try:
            block.__exit__(None, None, None)
        except OSError as error:
            raise self._failure(error) from None

    def discard(self) -> None:
        """Remove what was written; does nothing after `finish`."""
        block, self._block = self._block, None
        if block is not None:
            dropped = InterruptedError()
            with suppress(OSError):  # the rest of its buffer may not fit on the disk
                block.__exit__(type(dropped), dropped, None)

    def _failure(self, error: OSError) -> MediaError:
        assert isinstance(self._target, (str, os.PathLike))
        return MediaError(self._target, f"cannot be written: {error.strerror}")
