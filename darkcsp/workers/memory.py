"""Bounds on what a worker may take, set by itself."""

from __future__ import annotations

import contextlib
from pathlib import Path

_STATUS, _FIRST_TO_GO = Path("/proc/self/status"), Path("/proc/self/oom_score_adj")


def limit_growth(room: int) -> None:
    """Let this process take no more than `room` bytes besides what it has, and leave nothing behind when it crashes.

    Where the machine's memory ends first, this process is to go first. What a system cannot do is left out: outside of
    Linux, memory is not bounded.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _FIRST_TO_GO.write_text("1000")
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + room, most))


def _data() -> int:
    """Return the bytes of memory that this process may write to."""
    fields = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return 1024 * int(fields["VmData"].split()[0])
