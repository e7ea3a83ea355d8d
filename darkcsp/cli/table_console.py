"""The console that tables are printed to."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_ANY_WIDTH = 100_000


class TableConsole(Console):
    """A rich console that leaves broken pipes to the command line."""

    def on_broken_pipe(self) -> None:
        """Raise the error; rich would end the process with exit code 1."""
        raise BrokenPipeError


def fits(console: Console, table: Table) -> bool:
    """Return whether a table fits without breaking or dropping words; a row may take several lines."""
    return console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).minimum <= console.width
