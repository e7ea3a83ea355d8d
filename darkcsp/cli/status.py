"""A status line that shows what a command is doing."""

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
    """Return whether to show progress: only if standard error is a terminal and `quiet` is not set."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def status_line(quiet: bool = False) -> Iterator[None]:
    """Show progress messages (`darkcsp.progress`), each in place of the one before."""
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
    """Shows the latest record. It starts with the first one, so that silent commands do not import rich."""

    _live: Live | None = None

    def emit(self, record: logging.LogRecord) -> None:
        from rich.spinner import Spinner
        from rich.text import Text

        if self._live is None:
            self._live = _opened()
        room = max(self._live.console.width - 3, 10)  # one line, next to the spinner
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
