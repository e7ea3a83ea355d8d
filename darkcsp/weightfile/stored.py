"""Bytes that are read piece by piece, from an open file or from memory.

Files are read, not memory-mapped: if another program truncates a mapped file, the system kills the process that
accesses it.
"""

from __future__ import annotations

import os
import stat
import threading
import weakref
from typing import Protocol

import numpy as np

from darkcsp.arrays import Bytes
from darkcsp.errors import WeightsError

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Stored(Protocol):
    """Bytes in a file or in memory; `size` is their number."""

    @property
    def size(self) -> int: ...  # noqa: D102

    def read(self, start: int, stop: int) -> Bytes:
        """Return the bytes from `start` up to `stop`, read-only. Raises WeightsError if they cannot be read."""
        ...


class InMemory:
    """Bytes of a buffer; see Stored."""

    def __init__(self, data: memoryview) -> None:
        self._bytes = np.frombuffer(data, np.uint8)
        self._bytes.setflags(write=False)

    @property
    def size(self) -> int:
        """See Stored."""
        return self._bytes.size

    def read(self, start: int, stop: int) -> Bytes:
        """See Stored."""
        return self._bytes[start:stop]


class InFile:
    """Bytes of a regular file; see Stored.

    The file stays open as long as this object lives, so a new file of the same name is not read by mistake. Any thread
    may read. If another program changes the file after it was opened, reading raises an error.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a file. Raises WeightsError if it is not a regular file that can be read."""
        self._path = os.fspath(path)
        self._descriptor = _open_regular(path)
        weakref.finalize(self, os.close, self._descriptor)
        self._state = self._current_state()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """See Stored."""
        return self._state[0]

    def read(self, start: int, stop: int) -> Bytes:
        """See Stored. Raises WeightsError also if the file has changed since it was opened."""
        data = np.empty(stop - start, np.uint8)
        filled = 0
        try:
            while filled < data.size and (count := self._read_some(data[filled:].data, start + filled)):
                filled += count
        except OSError as error:
            raise WeightsError(self._path, f"cannot be read: {error.strerror}") from None
        if filled < data.size or self._current_state() != self._state:
            message = "was changed by another program while being read; try again when that program has finished"
            raise WeightsError(self._path, message)
        data.setflags(write=False)
        return data

    def _read_some(self, buffer: memoryview, start: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], start)
        with self._lock:  # on Windows all threads share one position
            os.lseek(self._descriptor, start, os.SEEK_SET)
            data = os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _current_state(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns


def check_regular(path: str | os.PathLike[str]) -> None:
    """Raise WeightsError if a path leads to something other than a regular file: a folder, a pipe, a device."""
    try:
        _check_mode(path, os.stat(path).st_mode)
    except (OSError, ValueError) as error:  # ValueError: characters that no file name can have
        raise _unreadable(path, error) from None


def _open_regular(path: str | os.PathLike[str]) -> int:
    check_regular(path)  # merely opening some devices has effects
    flags = (
        os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    )  # else opening a pipe waits for a writer
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    try:
        _check_mode(path, os.fstat(descriptor).st_mode)
    except WeightsError:
        os.close(descriptor)
        raise
    return descriptor


def _check_mode(path: str | os.PathLike[str], mode: int) -> None:
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise WeightsError(path, f"is {words}; expected a weights file")


def _unreadable(path: str | os.PathLike[str], error: OSError | ValueError) -> WeightsError:
    return WeightsError(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")
