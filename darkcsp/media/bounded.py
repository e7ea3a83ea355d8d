"""Reads files and streams up to a size limit, without waiting for data that may never come."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from darkcsp.errors import MediaError

MOST_BYTES = 1_000_000_000
"""Size of the largest picture file that is read, in bytes."""

_PIECE = 1 << 20
_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "FIFO"), (stat.S_ISSOCK, "socket"))


def read_file(path: str | os.PathLike[str], most_bytes: int | None = MOST_BYTES) -> bytes:
    """Return the contents of a regular file.

    Raises:
        MediaError: it cannot be read, is not a regular file, or has more than `most_bytes` bytes.
    """
    try:
        # On a FIFO without a writer, an ordinary open() would wait forever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb", buffering=0) as file:
            status = os.fstat(handle)
            _require_regular(path, status)
            if most_bytes is not None and status.st_size > most_bytes:
                raise MediaError(path, f"has {status.st_size} bytes, expected at most {most_bytes}")
            return _read(file, path, most_bytes, status.st_size + 1)
    except OSError as error:
        raise MediaError(path, f"cannot be read: {error.strerror}") from None
    except ValueError as error:  # a null byte in the name
        raise MediaError(path, f"cannot be read: {error}") from None


def read_stream(stream: BinaryIO, name: str, most_bytes: int | None = MOST_BYTES) -> bytes:
    """Read a stream to its end. Raises MediaError as `read_file` does; messages call the stream `name`."""
    try:
        return _read(stream, name, most_bytes)
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from None


def require_regular(path: str | os.PathLike[str]) -> None:
    """Raise MediaError if a path is not a regular file, before other code opens it by name."""
    try:
        _require_regular(path, os.stat(path))
    except OSError as error:
        raise MediaError(path, f"cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise MediaError(path, f"cannot be read: {error}") from None


def _require_regular(path: str | os.PathLike[str], status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_one, name in _KINDS if is_one(status.st_mode)), "device")
        raise MediaError(path, f'is a {kind}, expected a file; "-" reads standard input')


def _read(stream: BinaryIO, name: str | os.PathLike[str], most_bytes: int | None, expected: int = _PIECE) -> bytes:
    """Read to the end, starting with `expected` bytes, so that a file comes in one piece and need not be copied."""
    pieces = [stream.read(expected)]
    total = len(pieces[0] or b"")
    while pieces[-1]:
        if most_bytes is not None and total > most_bytes:
            raise MediaError(name, f"has more than {most_bytes} bytes")
        pieces.append(stream.read(_PIECE))
        total += len(pieces[-1] or b"")
    if pieces[-1] is None:  # a system file that is not always ready, such as /proc/kmsg
        raise MediaError(name, "cannot be read: no data is available yet")
    return b"".join(pieces[:-1])
