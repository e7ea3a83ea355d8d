"""Reading small files completely, within limits: cfgs, class names, class trees, caches.

Paths can come from untrusted files and point anywhere: at an endless device, or at a pipe that nobody writes to.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from io import FileIO

from darkcsp.errors import Place
from darkcsp.limits import LimitName, Limits

_CHUNK = 1 << 18
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_small(
    path: str | os.PathLike[str],
    limits: Limits,
    name: LimitName,
    *,
    place: Place | None = None,
    patient: bool = True,
) -> bytes:
    """Return a file's bytes.

    Args:
        path: a file, pipe or device.
        limits: how large it may be, and how long a pipe or device may take.
        name: the limit on its size.
        place: the place that names the file, for messages; by default the file itself.
        patient: whether to wait for a pipe or device at all.

    Raises:
        LimitError: the file is too large; from a pipe or device, hardly more than the limit is read.
        OSError: the file cannot be read, or reading takes too long.
    """
    place = place or Place(os.fspath(path))
    with _open(path) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            limits.check(name, status.st_size, place, "has")
        deadline = None if limits.seconds is None else time.monotonic() + limits.seconds * patient
        found = bytearray()
        while chunk := _next(file, deadline):
            found += chunk
            limits.check(name, len(found), place, "has at least")
    return bytes(found)


def _open(path: str | os.PathLike[str]) -> FileIO:
    try:
        return FileIO(path, "rb", opener=lambda name, flags: os.open(name, flags | _FLAGS))
    except ValueError:
        raise OSError(errno.EINVAL, "its name contains a null character") from None


def _next(file: FileIO, deadline: float | None) -> bytes:
    """Return the next bytes, or b"" at the end. Raises OSError if nothing arrives before the deadline."""
    chunk = None
    while chunk is None:  # a device may return None instead of bytes
        if hasattr(select, "poll"):  # not on Windows
            _wait(file, deadline)
        chunk = file.read(_CHUNK)
    return chunk


def _wait(file: FileIO, deadline: float | None) -> None:
    poll = select.poll()
    poll.register(file, select.POLLIN)
    left = None if deadline is None else max(deadline - time.monotonic(), 0)
    if not poll.poll(None if left is None else left * 1000):
        raise OSError(errno.ETIMEDOUT, "timed out waiting for more data")
