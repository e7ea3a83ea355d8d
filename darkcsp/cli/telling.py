"""What users are told beside a command's results."""

from __future__ import annotations

from contextlib import suppress

import click


def tell(line: str) -> None:
    """Print a line to standard error; where nothing can be written, nobody reads."""
    with suppress(OSError):
        click.echo(line, err=True)
