"""Shows the library's log messages to users of a command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from darkcsp.cli.telling import tell


class _Echo(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())


@contextmanager
def notes_on_stderr(quiet: bool = False, say: Callable[[str], None] = tell) -> Iterator[None]:
    """Pass the messages of the logger "darkcsp" to `say`, which prints them to standard error by default."""
    logger = logging.getLogger("darkcsp")
    handler, level = _Echo(say), logger.level
    if quiet:
        yield
        return
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
