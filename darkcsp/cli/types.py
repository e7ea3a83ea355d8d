"""Options and types of options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from darkcsp.quoting import quoted

if TYPE_CHECKING:
    from darkcsp.limits import Limits

    SizeType = click.ParamType[tuple[int, int]]
else:
    SizeType = click.ParamType  # generic for type checkers alone in older versions


class Size(SizeType):
    """WIDTHxHEIGHT, or one number for both."""

    name = "WxH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return (width, height)."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"([0-9]{1,9})(?:x([0-9]{1,9}))?", str(value))
        if match is None or "0" in (match[1].lstrip("0") or "0", (match[2] or match[1]).lstrip("0") or "0"):
            self.fail(f"{quoted(str(value))} is not a size such as 416x416", param, ctx)
        return int(match[1]), int(match[2] or match[1])


def read_names(path: str | None, limits: Limits) -> Sequence[str]:
    """Read a names file, () without one."""
    if path is None:
        return ()
    from darkcsp.detect.names import read_names as read

    return read(path, limits)
