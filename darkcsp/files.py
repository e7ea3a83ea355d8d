"""Output files that appear whole or not at all.

A file is written beside its place, as `.NAME.darkcsp-0.part`, and renamed. The writer holds a lock on it meanwhile, so
that what a killed process left can be told from what another still writes; the next one that writes there removes it.
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
"""None on Windows, where a file that a process has open cannot be deleted."""

_SLOTS = 8
"""Names of parts of one file that are looked at for what killed processes left; more may be written at once."""

_PART = re.compile(r"\..+\.darkcsp-\d+\.part(\..*)?", re.DOTALL)


@contextlib.contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file beside `path` that takes its place when the block ends without an error.

    Through a symbolic link the file that it points at is replaced. A character device, a FIFO, and the file that
    standard output or error is, are written to as they are. Raises OSError where the folder does not exist or cannot be
    written to, and for a folder or a disk.
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
    """Give the path of an empty file beside `path`, of the same ending, for what writes to a path of its own.

    It takes the place of `path`, or of the file that a symbolic link there points at, when the block ends without an
    error. Raises OSError as `write_whole` does, and for everything that exists and is no regular file.
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
    """Raise the OSError that `write_whole` would, as far as it can be known without writing."""
    found = _status(path)
    if found is not None and _is_refused(found):
        raise _refusal(path, found)
    parent = os.path.dirname(os.path.realpath(path) if found is None else os.path.abspath(path))
    if not os.path.isdir(parent):
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {os.path.dirname(path) or parent}", os.fspath(path))


def remove_leftovers(folder: str | os.PathLike[str]) -> None:
    """Remove the parts that killed processes left in a folder; those that others write now stay."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if _PART.fullmatch(entry.name)]:
            _remove_abandoned(Path(folder, name))


def _status(path: str | os.PathLike[str]) -> os.stat_result | None:
    """What a path leads to; None where nothing exists. Raises OSError where that cannot be known."""
    try:
        return os.stat(path)
    except FileNotFoundError:
        if not os.fspath(path):
            raise
        return None


def _is_refused(found: os.stat_result) -> bool:
    """Whether something is neither a file nor a stream."""
    return stat.S_ISDIR(found.st_mode) or stat.S_ISBLK(found.st_mode) or stat.S_ISSOCK(found.st_mode)


def _refusal(path: str | os.PathLike[str], found: os.stat_result) -> OSError:
    if stat.S_ISDIR(found.st_mode):
        return IsADirectoryError(errno.EISDIR, "it is a folder", os.fspath(path))
    return OSError(errno.EINVAL, "it is a device or pipe, not a file", os.fspath(path))


def _open_stream(path: str | os.PathLike[str], found: os.stat_result) -> BinaryIO | None:
    """Open what is written to as it is; None for a regular file."""
    if _is_refused(found):
        raise _refusal(path, found)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(number), found):  # /dev/stdout, say; what is in that file already stays
                if stream is not None:
                    stream.flush()
                return os.fdopen(os.dup(number), "wb")
    return None if stat.S_ISREG(found.st_mode) else Path(path).open("wb")


def _begin_part(target: Path, found: os.stat_result | None) -> tuple[Path, int | None]:
    """Make an empty file beside a target; return its path and the handle that holds the lock on it, if there is one.

    What killed processes left of the same target is removed.
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
    """Paths beside a target, no name longer than the system allows. The ending stays: programs choose formats by it."""
    name, ending = target.name, target.suffix if len(target.suffix) < 16 else ""
    try:
        longest = os.pathconf(target.parent, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        longest = 255
    if len(os.fsencode(name + ending)) + 32 > longest:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return (target.with_name(f".{name}.darkcsp-{slot}.part{ending}") for slot in itertools.count())


def _create(part: Path, mode: int) -> int | None:
    """Create a part and lock it; None where another process writes it."""
    for _ in range(2):
        try:
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            if not _remove_abandoned(part):
                return None
            continue
        if fcntl is None or (_lock(handle) is not False and os.fstat(handle).st_nlink):
            return handle
        os.close(handle)  # another took it for abandoned before it was locked
    return None


def _remove_abandoned(part: Path) -> bool:
    """Remove a part unless somebody writes it; return whether that was done."""
    try:
        if fcntl is None:
            os.unlink(part)  # fails where it is open
            return True
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # While the lock is held, nobody else renames or removes what was found to have that name.
        if not _lock(handle) or not os.path.samestat(os.fstat(handle), os.lstat(part)):
            return False
        os.unlink(part)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _lock(handle: int) -> bool | None:
    """Lock an open file for as long as it is open; False where another has it, None where the disk knows no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
