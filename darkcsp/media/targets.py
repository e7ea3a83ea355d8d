"""The paths that sinks may write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TextIO

from darkcsp.claims import identity_of
from darkcsp.errors import MediaError
from darkcsp.files import remove_leftovers, write_whole


class Targets:
    """Paths below a folder, each given out only once.

    A second picture with the same name gets `name-2.jpg`.

    Attributes:
        folder: the folder.
        replaced: how many of the paths existed as files before.
    """

    def __init__(self, folder: str | os.PathLike[str], protected: Iterable[Path] = ()) -> None:
        """Make the folder. The files in `protected` are never given out. Raises MediaError if that fails."""
        self.folder, self.replaced = Path(folder), 0
        self._protected = {identity_of(path) for path in protected} - {None}
        self._taken: set[str] = set()
        self._folders: set[Path] = set()
        self._open(self.folder)

    def path(self, relative: Path, suffixes: Collection[str], otherwise: str) -> Path:
        """Return a path to write to, and make its folder. An ending that is not in `suffixes` becomes `otherwise`.

        Raises MediaError if the file is protected, or the folder cannot be made.
        """
        wanted = self.folder / relative
        if wanted.suffix.lower() not in suffixes:
            wanted = wanted.with_suffix(otherwise)
        target, number = wanted, 1
        while str(target).lower() in self._taken:  # some file systems ignore case
            number += 1
            target = wanted.with_stem(f"{wanted.stem}-{number}")
        self._taken.add(str(target).lower())
        if identity_of(target) in self._protected:
            raise MediaError(target, f"is an input or another output; choose another folder than {self.folder}")
        self._open(target.parent)
        self.replaced += os.path.lexists(target)
        return target

    def _open(self, folder: Path) -> None:
        """Make a folder and remove the leftovers of killed processes, once per folder."""
        if folder not in self._folders:
            _make_folder(folder)
            remove_leftovers(folder)
            self._folders.add(folder)


def require_folder(target: str | os.PathLike[str]) -> None:
    """Raise MediaError if the folder of a file to be written does not exist."""
    parent = Path(target).parent
    if not parent.is_dir():
        raise MediaError(target, f"the folder {parent} does not exist")


def write_file(target: str | os.PathLike[str], text: str) -> None:
    """Write a text file, which appears complete or not at all. Raises MediaError if it cannot be written."""
    try:
        with write_whole(target) as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise MediaError(target, f"cannot be written: {error.strerror}") from None


def write_document(target: str | os.PathLike[str] | TextIO, text: str) -> None:
    """Write a file as `write_file` does, or to an open stream. Raises MediaError if it cannot be written."""
    if isinstance(target, (str, os.PathLike)):
        write_file(target, text)
    else:
        write_stream(target, text)


def write_stream(stream: TextIO, text: str) -> None:
    """Write to a stream and flush it.

    Raises MediaError if it cannot be written, BrokenPipeError if it is no longer read.
    """
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if stream is sys.stdout else str(getattr(stream, "name", "the stream"))
        raise MediaError(name, f"cannot be written: {error.strerror}") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(folder, f"cannot be made: {error.strerror}") from None
