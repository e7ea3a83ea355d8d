"""A line that says what a command is doing, for as long as it does it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darkcsp.progress import logger
from darkcsp.text import printable

if TYPE_CHECKING:
    from rich.live import Live


def shows_progress(quiet: bool) -> bool:
    """Whether a command shows how far it is: on standard error if that is a terminal, unless it is to be quiet."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def status_line(quiet: bool = False) -> Iterator[None]:
    """Show what work says of its progress (`darkcsp.progress`), each text in the place of the one before."""
    if not shows_progress(quiet):
        yield
        return
    line, level = _Line(logging.DEBUG), logger.level
    logger.addHandler(line)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(line)
        line.close()


class _Line(logging.Handler):
    """Shows the last record. It begins with the first, so that commands that have nothing to say import no rich."""

    _live: Live | None = None

    def emit(self, record: logging.LogRecord) -> None:
        from rich.spinner import Spinner
        from rich.text import Text

        if self._live is None:
            self._live = _opened()
        room = max(self._live.console.width - 3, 10)  # beside the spinner, in one line
        self._live.update(Spinner("dots", Text(printable(record.getMessage(), room))))  # a str would be markup

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
        super().close()


def _opened() -> Live:
    from rich.console import Console
    from rich.live import Live

    live = Live(console=Console(stderr=True), transient=True, redirect_stdout=False, refresh_per_second=12.5)
    live.start()
    return live
