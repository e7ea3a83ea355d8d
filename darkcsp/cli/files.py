"""Parameter types for files: whatever a command reads and writes is known and checked before it starts work."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from darkcsp.claims import STANDARD_OUTPUT, Claims
from darkcsp.errors import DarkcspError, FileError
from darkcsp.files import check_place


def claims_of(ctx: click.Context | None = None) -> Claims:
    """Return the running command's claims so far, to add files that its parameters do not name themselves."""
    found = (ctx or click.get_current_context()).meta.setdefault(__name__, Claims())
    assert isinstance(found, Claims)
    return found


class _Named(click.Path):
    """A non-empty path."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Return the path unchanged."""
        if not os.fspath(value):
            self.fail("is empty, expected a path", param, ctx)
        return super().convert(value, param, ctx)


class ReadFile(_Named):
    """A file that a command reads, or a folder, a pattern or "-" if the command accepts them."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Claim the path and return it."""
        path = super().convert(value, param, ctx)
        if path != STANDARD_OUTPUT:  # here it is standard input
            claims_of(ctx).read(os.fsdecode(path), role_of(param))
        return path


class WriteFile(_Named):
    """A file that a command writes, or standard output with `allow_dash`."""

    name = "file"

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Claim the path and return it. Raises FileError if nothing can be written there."""
        path = super().convert(value, param, ctx)
        claim_output(ctx, os.fsdecode(path), role_of(param))
        return path


class WriteFolder(_Named):
    """A folder that a command writes files into."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Claim the path and return it."""
        path = super().convert(value, param, ctx)
        claims_of(ctx).write_into(os.fsdecode(path), role_of(param))
        return path


def claim_output(ctx: click.Context | None, path: str, role: str) -> None:
    """Claim a file to be written. Raises ArgumentError, and FileError if nothing can be written there."""
    claims_of(ctx).write(path, role)
    if path != STANDARD_OUTPUT:
        try:
            check_place(path)
        except OSError as error:
            raise FileError(path, f"cannot be written: {error.strerror}") from None


def claim_inputs(paths: Iterable[str | os.PathLike[str]], role: str) -> None:
    """Claim files that are read but not named by a parameter, such as a folder's pictures. Raises ArgumentError."""
    claims = claims_of()
    for path in paths:
        claims.read(path, role)


def claim_files_of_cfg(cfg: str) -> None:
    """Claim the files that a cfg names. The code that reads an unreadable cfg reports it. Raises ArgumentError."""
    from darkcsp.cfg import read_cfg
    from darkcsp.spec.tree import tree_files

    found: list[Path] = []
    with suppress(OSError, DarkcspError):
        if Path(cfg).is_file() and b"tree" in Path(cfg).read_bytes():  # read twice only if it may matter
            found = tree_files(read_cfg(cfg))
    claim_inputs(found, "a tree of the cfg")


def claim_files_of_data(data: str) -> None:
    """Claim the lists that a .data file names, as `claim_files_of_cfg` does."""
    from darkcsp.detect.data_file import read_data

    found: list[Path] = []
    with suppress(DarkcspError):
        file = read_data(data)
        found.append(file.names)
        found.append(file.valid)
    claim_inputs(found, f"a list of {data}")


def role_of(param: click.Parameter | None) -> str:
    """Return the name that users know a parameter by: "--output", "WEIGHTS"."""
    if param is None:
        return "argument"
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name.strip("[].")
