"""The files that one job reads and writes: none may be both read and written, and none written twice."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import NamedTuple

from darkcsp.errors import ArgumentError

STANDARD_OUTPUT = "-"
"""The path that stands for standard output."""

Identity = Hashable
"""A value that is equal for all paths of one file."""


def identity_of(path: str | os.PathLike[str]) -> Identity | None:
    """Return a value that is equal for all paths of one file, folder or pipe, including symbolic and hard links.

    A file that does not exist yet is identified by its folder and name. Returns None for devices, which can be shared,
    and if the identity cannot be determined.
    """
    if os.fspath(path) == STANDARD_OUTPUT:
        return _identity_of_standard_output()
    try:
        return _identity(os.stat(path))
    except OSError:
        pass
    try:
        target = Path(os.path.realpath(path))
        folder = os.stat(target.parent)
    except (OSError, ValueError):
        return None
    # On systems where A and a are usually the same file, treat them as one if neither exists yet.
    name = target.name.casefold() if sys.platform in ("win32", "darwin") else target.name
    return folder.st_dev, folder.st_ino, name


def _identity_of_standard_output() -> Identity:
    try:
        return _identity(os.fstat(sys.stdout.fileno())) or STANDARD_OUTPUT
    except (OSError, ValueError, AttributeError):  # closed, or replaced by something that is not a file
        return STANDARD_OUTPUT


def _identity(found: os.stat_result) -> Identity | None:
    if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) or stat.S_ISFIFO(found.st_mode):
        return found.st_dev, found.st_ino
    return None


class _Claim(NamedTuple):
    path: str
    role: str


_Claimed = dict[Identity, _Claim]


class Claims:
    """Collects the files of one job, in any order, and refuses conflicting ones.

    A role says what a file is used for, such as "--output" or "weights". `read`, `write` and `write_into` raise
    ArgumentError if a file has two roles and would be overwritten in one of them.
    """

    def __init__(self) -> None:
        self._read: _Claimed = {}
        self._written: _Claimed = {}
        self._folders: _Claimed = {}

    @property
    def paths(self) -> list[Path]:
        """All files that are read or written, without folders."""
        return [Path(claim.path) for claims in (self._read, self._written) for claim in claims.values()]

    def read(self, path: str | os.PathLike[str], role: str) -> None:
        """Register a file that is read. A missing file is ignored here; reading it reports the error."""
        if os.path.exists(path):
            found = _Claim(os.fspath(path), role)
            identity = identity_of(path)
            if (output := self._written.get(identity)) is not None:
                raise _refusal(output, found, "read")
            self._enter(self._read, identity, found)

    def write(self, path: str | os.PathLike[str], role: str) -> None:
        """Register a file that is written; "-" is standard output."""
        output, identity = _Claim(os.fspath(path), role), identity_of(path)
        for claims, deed in ((self._read, "read"), (self._written, "written"), (self._folders, "written to")):
            other = claims.get(identity)
            if other is not None and (other.role != role or claims is not self._written):
                raise _refusal(output, other, deed)
        self._enter(self._written, identity, output)

    def write_into(self, folder: str | os.PathLike[str], role: str) -> None:
        """Register a folder in which files are written; several roles may write into the same folder."""
        found, identity = _Claim(os.fspath(folder), role), identity_of(folder)
        if (output := self._written.get(identity)) is not None:
            raise _refusal(output, found, "written to")
        self._enter(self._folders, identity, found)

    @staticmethod
    def _enter(claims: _Claimed, identity: Identity | None, claim: _Claim) -> None:
        if identity is not None:
            claims.setdefault(identity, claim)


def _refusal(output: _Claim, other: _Claim, deed: str) -> ArgumentError:
    name = "standard output" if output.path == STANDARD_OUTPUT else output.path
    same = "" if other.path == output.path else f"{other.path}, which is "
    reason = f"{name}: is {same}{deed} as {other.role}, so it cannot be {output.role} as well"
    return ArgumentError(output.role, output.path, "another file", f"{reason}; choose another file")
