"""Where tables are printed."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_ANY_WIDTH = 100_000


class TableConsole(Console):
    """A console of rich's that leaves it to the command line what becomes of output that nobody reads."""

    def on_broken_pipe(self) -> None:
        """Hand the error on; rich would end the process with exit code 1."""
        raise BrokenPipeError


def fits(console: Console, table: Table) -> bool:
    """Whether a table can be printed without breaking or leaving out words; it may take several lines to a row."""
    return console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).minimum <= console.width
