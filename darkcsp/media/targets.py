"""Where sinks may write."""

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
    """Paths below a folder, none of them given out twice.

    A second picture of the same name gets `name-2.jpg`.

    Attributes:
        folder: that folder.
        replaced: how many of the paths were files before.
    """

    def __init__(self, folder: str | os.PathLike[str], protected: Iterable[Path] = ()) -> None:
        """Make the folder; the files of `protected` are never given out. Raises MediaError where that fails."""
        self.folder, self.replaced = Path(folder), 0
        self._protected = {identity_of(path) for path in protected} - {None}
        self._taken: set[str] = set()
        self._folders: set[Path] = set()
        self._open(self.folder)

    def path(self, relative: Path, suffixes: Collection[str], otherwise: str) -> Path:
        """Return where to write, in a folder that exists: with an ending of `suffixes`, or else with `otherwise`.

        Raises MediaError for a protected file, and where the folder cannot be made.
        """
        wanted = self.folder / relative
        if wanted.suffix.lower() not in suffixes:
            wanted = wanted.with_suffix(otherwise)
        target, number = wanted, 1
        while str(target).lower() in self._taken:  # on some file systems A and a are one
            number += 1
            target = wanted.with_stem(f"{wanted.stem}-{number}")
        self._taken.add(str(target).lower())
        if identity_of(target) in self._protected:
            raise MediaError(target, f"is read, or is another output; choose another folder than {self.folder}")
        self._open(target.parent)
        self.replaced += os.path.lexists(target)
        return target

    def _open(self, folder: Path) -> None:
        """Make a folder, and remove what killed processes left in it, once."""
        if folder not in self._folders:
            _make_folder(folder)
            remove_leftovers(folder)
            self._folders.add(folder)


def require_folder(target: str | os.PathLike[str]) -> None:
    """Raise MediaError where the folder of a file to be written does not exist."""
    parent = Path(target).parent
    if not parent.is_dir():
        raise MediaError(target, f"there is no folder {parent}")


def write_file(target: str | os.PathLike[str], text: str) -> None:
    """Write a text file; it appears whole or not at all. Raises MediaError where it cannot be written."""
    try:
        with write_whole(target) as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise MediaError(target, f"cannot be written: {error.strerror}") from None


def write_document(target: str | os.PathLike[str] | TextIO, text: str) -> None:
    """Write a file as `write_file` does, or to an open stream. Raises MediaError where it cannot be written."""
    if isinstance(target, (str, os.PathLike)):
        write_file(target, text)
    else:
        write_stream(target, text)


def write_stream(stream: TextIO, text: str) -> None:
    """Write to a stream, at once.

    Raises MediaError where it cannot be written, BrokenPipeError where nobody reads it any more.
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
