"""Where tables are printed."""

from __future__ import annotations

from rich.console import Console


class TableConsole(Console):
    """A console of rich's that leaves it to the command line what becomes of output that nobody reads."""

    def on_broken_pipe(self) -> None:
        """Hand the error on; rich would end the process with exit code 1."""
        raise BrokenPipeError
