"""Atomic output files: a file appears complete or not at all.

A file is written to `.NAME.darkcsp-0.part` in the same folder and then renamed. The writer holds a lock on it in the
meantime, which distinguishes leftovers of killed processes from files still being written; the next process that
writes the same file removes the leftovers.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import itertools
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

fcntl: Any = importlib.import_module("fcntl") if importlib.util.find_spec("fcntl") else None
"""None on Windows, where open files cannot be deleted."""

_SLOTS = 8
"""Number of part names per file that are checked for leftovers of killed processes; more can be in use at once."""

_PART = re.compile(r"\..+\.darkcsp-\d+\.part(\..*)?", re.DOTALL)


@contextlib.contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a temporary binary file that replaces `path` when the block ends without an error.

    If `path` is a symbolic link, its target is replaced. Character devices, FIFOs, and the file that standard output or
    standard error is redirected to are written to directly.

    Raises:
        OSError: the parent folder does not exist or is not writable, or `path` is a folder, block device or socket.
    """
    found = _status(path)
    if found is not None and (stream := _open_stream(path, found)) is not None:
        with stream:
            yield stream
        return
    with place_whole(path) as temporary, temporary.open("r+b") as file:
        yield file


@contextlib.contextmanager
def place_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield the path of an empty temporary file with the same extension, for code that has to open a path itself.

    The file replaces `path`, or the target if `path` is a symbolic link, when the block ends without an error.

    Raises:
        OSError: as for `write_whole`, and also if `path` exists and is not a regular file.
    """
    found = _status(path)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise _refusal(path, found)
    target = Path(os.path.realpath(path))
    temporary, lock = _begin_part(target, found)
    try:
        try:
            yield temporary
            if found is not None:
                os.chmod(temporary, stat.S_IMODE(found.st_mode) & 0o777)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    finally:
        if lock is not None:
            os.close(lock)


def check_place(path: str | os.PathLike[str]) -> None:
    """Raise the OSError that `write_whole` would raise, as far as that can be determined without writing."""
    found = _status(path)
    if found is not None and _is_refused(found):
        raise _refusal(path, found)
    parent = os.path.dirname(os.path.realpath(path) if found is None else os.path.abspath(path))
    if not os.path.isdir(parent):
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {os.path.dirname(path) or parent}", os.fspath(path))


def remove_leftovers(folder: str | os.PathLike[str]) -> None:
    """Remove temporary files that killed processes left in a folder; files still being written are kept."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if _PART.fullmatch(entry.name)]:
            _remove_abandoned(Path(folder, name))


def _status(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Return the status of a path, following links; None if nothing exists. Raises OSError if it cannot be read."""
    try:
        return os.stat(path)
    except FileNotFoundError:
        if not os.fspath(path):
            raise
        return None


def _is_refused(found: os.stat_result) -> bool:
    """Tell whether something is neither a file nor a stream."""
    return stat.S_ISDIR(found.st_mode) or stat.S_ISBLK(found.st_mode) or stat.S_ISSOCK(found.st_mode)


def _refusal(path: str | os.PathLike[str], found: os.stat_result) -> OSError:
    if stat.S_ISDIR(found.st_mode):
        return IsADirectoryError(errno.EISDIR, "it is a folder", os.fspath(path))
    return OSError(errno.EINVAL, "it is a device or pipe, not a file", os.fspath(path))


def _open_stream(path: str | os.PathLike[str], found: os.stat_result) -> BinaryIO | None:
    """Open a stream that is written to directly; return None for a regular file."""
    if _is_refused(found):
        raise _refusal(path, found)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(number), found):  # such as /dev/stdout; keep the file's content
                if stream is not None:
                    stream.flush()
                return os.fdopen(os.dup(number), "wb")
    return None if stat.S_ISREG(found.st_mode) else Path(path).open("wb")


def _begin_part(target: Path, found: os.stat_result | None) -> tuple[Path, int | None]:
    """Create an empty file next to a target; return its path and the handle that holds its lock, if there is one.

    Leftovers of killed processes for the same target are removed.
    """
    mode = 0o666 if found is None else stat.S_IMODE(found.st_mode) & 0o777 | 0o600
    names = _part_names(target)
    handle, part = next((handle, part) for part in names if (handle := _create(part, mode)) is not None)
    for other in itertools.islice(_part_names(target), _SLOTS):
        if other != part:
            _remove_abandoned(other)
    if fcntl is None:
        os.close(handle)  # so that the file can be renamed
    return part, handle if fcntl else None


def _part_names(target: Path) -> Iterator[Path]:
    """Return paths next to a target whose names the system allows; the extension stays, as it selects the format."""
    name, ending = target.name, target.suffix if len(target.suffix) < 16 else ""
    try:
        longest = os.pathconf(target.parent, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        longest = 255
    if len(os.fsencode(name + ending)) + 32 > longest:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return (target.with_name(f".{name}.darkcsp-{slot}.part{ending}") for slot in itertools.count())


def _create(part: Path, mode: int) -> int | None:
    """Create a part and lock it; return None if another process is writing it."""
    for _ in range(2):
        try:
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            if not _remove_abandoned(part):
                return None
            continue
        if fcntl is None or (_lock(handle) is not False and os.fstat(handle).st_nlink):
            return handle
        os.close(handle)  # another process considered it abandoned before it was locked
    return None


def _remove_abandoned(part: Path) -> bool:
    """Remove a part unless a process is writing it; return whether it was removed."""
    try:
        if fcntl is None:
            os.unlink(part)  # fails if it is open
            return True
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # While this process holds the lock, no other renames or removes the file that has this name.
        if not _lock(handle) or not os.path.samestat(os.fstat(handle), os.lstat(part)):
            return False
        os.unlink(part)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _lock(handle: int) -> bool | None:
    """Lock an open file until it is closed; False if another process holds the lock, None if locks are unsupported."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
