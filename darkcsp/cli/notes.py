"""What the library tells its logger, for those who use a command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from darkcsp.cli.telling import tell


class _Echo(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage())


@contextmanager
def notes_on_stderr(quiet: bool = False) -> Iterator[None]:
    """Print what the logger "darkcsp" is told, one line each, to standard error."""
    logger = logging.getLogger("darkcsp")
    handler, level = _Echo(logging.INFO), logger.level
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
