"""A progress bar for pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from darkcsp.cli.status import shows_progress
from darkcsp.cli.telling import tell


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Return the recent number of pictures per second."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.3g}/s")


class Bar:
    """Counts pictures; lines printed through it appear above it."""

    def __init__(self, progress: Progress | None) -> None:
        """Wrap a rich progress bar; None shows nothing."""
        self._progress = progress

    def advance(self) -> None:
        """Count one more picture."""
        if self._progress is not None:
            self._progress.advance(self._progress.task_ids[0])

    def say(self, line: str, err: bool = False) -> None:
        """Print a line to standard output or error."""
        stream = sys.stderr if err else sys.stdout
        if self._progress is not None and stream.isatty():
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
        elif err:
            tell(line)
        else:
            click.echo(line)


@contextmanager
def progress_bar(total: int | None, quiet: bool) -> Iterator[Bar]:
    """Show a bar with rate and time left if standard error is a terminal. A total of None means it is unknown."""
    if not shows_progress(quiet) or total == 1:
        yield Bar(None)
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        progress.add_task("pictures", total=total)
        yield Bar(progress)
