"""What a program may do with a damaged file: take it, or refuse it with one line, soon and in little memory."""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Callable

from darkcsp.errors import DarkcspError
from darkcsp.text import LINE

Check = Callable[[bytes], None]
"""Reads a file from its bytes; raises what the reader raises."""

SECONDS = 2.0
"""Of a processor that reading may take; on a busy machine it lasts longer."""

MEMORY = 500_000_000
"""Bytes that reading may add to the most that the process ever took."""


def fault(check: Check, data: bytes, seconds: float | None = None) -> str | None:
    """Return what is wrong with how a file is read, None where nothing is; it may take `seconds`, `SECONDS` by default.

    What seems slow is tried again, as the machine may have been busy. What never ends is for `running` to find.
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
    """Bytes of memory that this process took at most."""
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
        except Exception as error:  # whatever it is, it is not for users
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
