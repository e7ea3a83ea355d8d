"""Remembers measured choices in the user's cache folder: a JSON file for each model and set of libraries.

It also remembers which files an engine has opened and run in a trial (see `contained`), by the hash of their frame. The
environment variable DARKCSP_CACHE sets another folder. A cache that cannot be read or written is ignored.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from darkcsp.errors import LimitError
from darkcsp.files import write_whole
from darkcsp.json_text import json_text
from darkcsp.limits import DEFAULT_LIMITS
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import BACKENDS
from darkcsp.runtimes.source import ModelSource
from darkcsp.small_files import read_small
from darkcsp.version import __version__

CACHE = "DARKCSP_CACHE"

_CPU = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features")


def cache_folder() -> Path:
    """Return the folder for choices; it may not exist."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get(CACHE) or user_cache_dir("darkcsp", appauthor=False)) / "choices"


def choice_file(source: ModelSource, candidates: Sequence[Candidate], threads: int | None) -> Path:
    """Return the file for a choice between candidates: one for each model, library versions, threads and processor."""
    about = {
        "darkcsp": __version__,
        "model": source.fingerprint(),
        "candidates": [str(candidate) for candidate in candidates],
        "libraries": [version_of(backend) for backend in sorted({item.backend for item in candidates})],
        "threads": threads,
        "processor": processor(),
    }
    return cache_folder() / f"{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]}.json"


def remembered(path: Path, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the remembered choice, or None if there is none or the file is invalid."""
    try:
        found = json.loads(read_small(path, DEFAULT_LIMITS, "cache_bytes", patient=False))
        chosen = found["chosen"]
    except (LimitError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return next((candidate for candidate in candidates if str(candidate) == chosen), None)


def remember(path: Path, source: ModelSource, chosen: Candidate, milliseconds: Mapping[str, float]) -> None:
    """Store a choice, with its measurements for information; a folder that cannot be written to is not an error."""
    _keep(path, {"model": source.path, "chosen": str(chosen), "milliseconds": dict(milliseconds)})


def trial_file(file: OnnxFile, candidate: Candidate) -> Path:
    """Return the file that records that an engine could open and run a model."""
    about = {
        "darkcsp": __version__,
        "frame": file.frame_sha256,
        "size": os.path.getsize(file.file),
        "candidate": str(candidate),
        "library": version_of(candidate.backend),
        "processor": processor(),
    }
    return cache_folder() / f"{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]}.json"


def has_passed(path: Path) -> bool:
    """Return whether a trial was passed."""
    try:
        return bool(json.loads(path.read_text("utf-8"))["passed"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def remember_trial(path: Path, file: OnnxFile, candidate: Candidate) -> None:
    """Record that a trial was passed; a folder that cannot be written to is not an error."""
    _keep(path, {"model": file.path, "passed": str(candidate)})


def _keep(path: Path, about: Mapping[str, object]) -> None:
    with contextlib.suppress(OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(path) as file:
            file.write(json_text(about, indent=1).encode() + b"\n")


def version_of(backend: str) -> str:
    """Return the distribution and version of a backend's library, "" if it is not a known one."""
    return " ".join(BACKENDS[backend].version() or ())


def processor() -> str:
    """Describe the processor, and how many cores this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{usable} x {platform.machine()} {_model()}"


def _model() -> str:
    try:
        first = Path("/proc/cpuinfo").read_text("utf-8", "replace").split("\n\n")[0]
    except OSError:
        return platform.processor()
    pairs = (line.partition(":") for line in first.splitlines())
    return "; ".join(value.strip() for key, _, value in pairs if key.strip() in _CPU) or platform.processor()
