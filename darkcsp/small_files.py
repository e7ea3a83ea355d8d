"""Small files read as a whole, within limits: cfgs, class names, trees, caches.

Their names may come from strangers and lead anywhere: to a file without end, to a pipe that nobody writes to.
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
        path: the file, or a pipe or device.
        limits: how large it may be, and how long a pipe or device may take.
        name: the limit on its size.
        place: what names the file, for messages; the file itself by default.
        patient: whether to wait for a pipe or device at all.

    Raises:
        LimitError: it is larger; of a pipe or device hardly more than that is read.
        OSError: it cannot be read, or takes too long.
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
        raise OSError(errno.EINVAL, "its name has a null character") from None


def _next(file: FileIO, deadline: float | None) -> bytes:
    """Return what comes next, b"" at the end. Raises OSError where nothing comes until the deadline."""
    chunk = None
    while chunk is None:  # which a device may give in the place of bytes
        if hasattr(select, "poll"):  # not on Windows
            _wait(file, deadline)
        chunk = file.read(_CHUNK)
    return chunk


def _wait(file: FileIO, deadline: float | None) -> None:
    poll = select.poll()
    poll.register(file, select.POLLIN)
    left = None if deadline is None else max(deadline - time.monotonic(), 0)
    if not poll.poll(None if left is None else left * 1000):
        raise OSError(errno.ETIMEDOUT, "it gives nothing more, and no end, for too long")
