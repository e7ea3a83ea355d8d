"""Commands in separate processes, which are killed or limited."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.check.outputs.cases import OLD, Case
from scripts.places import ROOT

_PART = "*.darkcsp-*.part*"
_SOON = 0.003
"""A process that was seen writing is killed within this many seconds."""


def start(case: Case, inputs: Path, folder: Path, most: int | None = None) -> subprocess.Popen[str]:
    """Start a command in its output folder; no file may have more than `most` bytes."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.Popen(
        [sys.executable, "-m", "darkcsp", *case.command(inputs)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def run(case: Case, inputs: Path, folder: Path, most: int | None = None) -> tuple[int, str]:
    """Run a command to its end; return its exit code and its standard error."""
    process = start(case, inputs, folder, most)
    _, told = process.communicate()
    return process.returncode, told


def kill(case: Case, inputs: Path, folder: Path, seconds: float) -> bool:
    """Start a command and kill it at a random moment within some seconds, or when it is seen writing.

    Returns whether it was still running.
    """
    process = start(case, inputs, folder)
    if random.random() < 0.5:
        time.sleep(random.uniform(0, seconds))
    else:
        while process.poll() is None and not list(folder.glob(_PART)):
            time.sleep(_SOON / 30)
        time.sleep(random.uniform(0, _SOON))
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


def put_old(case: Case, folder: Path) -> None:
    """Put old files in the places of a command's outputs."""
    for name in case.outputs:
        (folder / name).write_bytes(OLD)


def damaged(case: Case, folder: Path, whole: Mapping[str, bytes]) -> list[str]:
    """Return the outputs that are neither the old files nor complete new ones."""
    return [
        name for name, data in _found(case, folder).items() if data != OLD and not _is_same(case, data, whole[name])
    ]


def is_done(case: Case, folder: Path, whole: Mapping[str, bytes]) -> bool:
    """Tell whether all outputs are complete new files."""
    return all(_is_same(case, data, whole[name]) for name, data in _found(case, folder).items())


def _found(case: Case, folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() if (folder / name).is_file() else b"" for name in case.outputs}


def _is_same(case: Case, data: bytes, whole: bytes) -> bool:
    try:
        return case.is_same(data, whole)
    except ValueError:
        return False


def leftovers(case: Case, folder: Path) -> list[str]:
    """Return the files in a folder that are not outputs of the command."""
    return sorted({path.name for path in folder.iterdir()} - set(case.outputs))
