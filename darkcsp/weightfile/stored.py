"""Bytes that a reader takes piece by piece: of a file that stays open, or in memory.

A file is read, not mapped into memory: where another program shortens a mapped file, the system kills the process that
looks at it.
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
    """Bytes in a file or in memory; `size` is how many."""

    @property
    def size(self) -> int: ...  # noqa: D102

    def read(self, start: int, stop: int) -> Bytes:
        """Return some of the bytes, read-only. Raises WeightsError where they cannot be read."""
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

    It stays open until nobody needs it any more: what takes its place under its name meanwhile is not read. Any thread
    may read. What was read is as the file was when it was opened: a change by another program is an error.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a file. Raises WeightsError where it is none that can be read."""
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
        """See Stored. Raises WeightsError as well where the file has changed since it was opened."""
        data = np.empty(stop - start, np.uint8)
        filled = 0
        try:
            while filled < data.size and (count := self._read_some(data[filled:].data, start + filled)):
                filled += count
        except OSError as error:
            raise WeightsError(self._path, f"cannot be read: {error.strerror}") from None
        if filled < data.size or self._current_state() != self._state:
            message = "was changed by another program while it was read; read it again when that program is done"
            raise WeightsError(self._path, message)
        data.setflags(write=False)
        return data

    def _read_some(self, buffer: memoryview, start: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], start)
        with self._lock:  # Windows has one position for all threads
            os.lseek(self._descriptor, start, os.SEEK_SET)
            data = os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _current_state(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns


def check_regular(path: str | os.PathLike[str]) -> None:
    """Raise WeightsError where a path leads to something other than a file: a folder, a pipe, a device."""
    try:
        _check_mode(path, os.stat(path).st_mode)
    except (OSError, ValueError) as error:  # a name may have characters that no file's has
        raise _unreadable(path, error) from None


def _open_regular(path: str | os.PathLike[str]) -> int:
    check_regular(path)  # opening some devices does something
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
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
            raise WeightsError(path, f"is {words}, expected a file of weights")


def _unreadable(path: str | os.PathLike[str], error: OSError | ValueError) -> WeightsError:
    return WeightsError(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")
