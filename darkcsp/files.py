"""Output files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file beside `path` that takes its place when the block ends without an error.

    Raises OSError where the folder does not exist or cannot be written to.
    """
    with place_whole(path) as temporary, temporary.open("wb") as file:
        yield file


@contextlib.contextmanager
def place_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give the path of an empty file beside `path`, of the same ending, for what writes to a path of its own.

    It takes the place of `path` when the block ends without an error. Raises OSError as `write_whole` does.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=f".part{target.suffix}", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(target: Path) -> int:
    """Permissions of the file that is replaced, else those that an ordinary open() would give."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
