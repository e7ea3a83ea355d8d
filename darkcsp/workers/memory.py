"""Limits on a worker's memory, which it sets itself."""

from __future__ import annotations

import contextlib
from pathlib import Path

_STATUS, _FIRST_TO_GO = Path("/proc/self/status"), Path("/proc/self/oom_score_adj")


def limit_growth(room: int) -> None:
    """Limit this process to `room` bytes of memory beyond its current use, and let it write no core dump if it crashes.

    If the machine runs out of memory, this process is the first to be killed. Steps that a system does not support are
    skipped: outside Linux, memory is not limited.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _FIRST_TO_GO.write_text("1000")
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + room, most))


def _data() -> int:
    """Return the bytes of this process's writable memory."""
    fields = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return 1024 * int(fields["VmData"].split()[0])
