"""The machine that figures were measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from darkcsp.runtimes.backends import BACKENDS
from darkcsp.version import __version__

_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Machine:
    """Processor, cores that this process may use, threads of each run, and versions by library."""

    processor: str
    cores: int
    threads: int
    versions: dict[str, str]


def this_machine(threads: int | None) -> Machine:
    """Describe this machine. If `threads` is None, it is the number of cores."""
    versions = {"darkcsp": __version__, "Python": platform.python_version()}
    versions.update(version for backend in BACKENDS.values() if (version := backend.version()) is not None)
    versions["numpy"] = np.__version__
    return Machine(_processor(), cores(), threads or cores(), versions)


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
