"""Messages to users that are not part of a command's results."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from darkcsp.text import printable


def tell(line: str) -> None:
    """Print a line to standard error, made safe to print. If it cannot be written, it is dropped."""
    with suppress(OSError):
        click.echo(printable(line), file=sys.stderr, err=True)  # by name, as `status_line` stands in for it
