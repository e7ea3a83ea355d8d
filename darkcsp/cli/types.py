"""Options and option types shared by several commands."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from darkcsp.text import quoted

if TYPE_CHECKING:
    from darkcsp.limits import Limits

    SizeType = click.ParamType[tuple[int, int]]
else:
    SizeType = click.ParamType  # in older versions, generic only for type checkers


PICTURES = click.IntRange(1, 65_536)
"""Number of pictures per run."""

THREADS = click.IntRange(1, 1024)
"""Number of threads."""


class Fraction(click.FloatRange):
    """A number from 0 to 1."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; "nan" is refused."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is not a number from 0 to 1", param, ctx)
        return number


class Size(SizeType):
    """WIDTHxHEIGHT, or one number for both."""

    name = "WxH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return (width, height)."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch("0*([1-9][0-9]{0,8})(?:x0*([1-9][0-9]{0,8}))?", str(value))
        if match is None:
            self.fail(f"{quoted(str(value))} is not a size such as 416x416", param, ctx)
        return int(match[1]), int(match[2] or match[1])


def read_names(names: str | None, data: str | None, limits: Limits) -> Sequence[str]:
    """Read class names from --names or --data; () if neither is given."""
    if names is not None and data is not None:
        raise click.UsageError("--names and --data both set the class names; pass only one of them")
    if data is not None:
        from darkcsp.detect.data_file import read_data

        return read_data(data, limits).read_names(limits)
    if names is None:
        return ()
    from darkcsp.detect.names import read_names as read

    return read(names, limits)
