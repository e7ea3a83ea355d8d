"""The rule for damaged files: accept them, or refuse them with one line, quickly and with little memory."""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Callable

from darkcsp.errors import DarkcspError
from darkcsp.text import LINE

Check = Callable[[bytes], None]
"""Reads a file from its bytes, and raises the errors of the reader."""

SECONDS = 2.0
"""Processor time that reading may take; on a busy machine it takes longer in wall time."""

MEMORY = 500_000_000
"""Bytes that reading may add to the peak memory of the process."""


def fault(check: Check, data: bytes, seconds: float | None = None) -> str | None:
    """Return what is wrong with how a file is read, or None. Reading may take `seconds`, by default `SECONDS`.

    A slow file is tried again, since the machine may have been busy. Files that never end are found by `running`.
    """
    most, before = seconds or SECONDS, peak()
    first, problem = _timed(check, data)
    if problem is None and first > most:
        again, problem = _timed(check, data)
        if problem is None and min(first, again) > most:
            problem = f"takes {min(first, again):.1f} s"
    if problem is None and (added := peak() - before) > MEMORY:
        problem = f"takes {added / 1e6:.0f} MB"
    return problem


def peak() -> int:
    """Return the peak memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _timed(check: Check, data: bytes) -> tuple[float, str | None]:
    problem = None
    start = time.thread_time()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            check(data)
        except DarkcspError as error:
            problem = _bad_line(str(error))
        except MemoryError:
            problem = "MemoryError"
        except Exception as error:  # any other error must not reach users
            problem = f"{type(error).__name__}: {str(error)[:200]}"
    seconds = time.thread_time() - start
    return seconds, problem or next(filter(None, (_bad_line(str(item.message)) for item in told)), None)


def _bad_line(message: str) -> str | None:
    if not message:
        return "an empty message"
    if len(message) > LINE:
        return f"a message of {len(message)} characters: {message[:100]!r}"
    if not message.isprintable():
        return f"a message that is no printable line: {message[:200]!r}"
    return None
