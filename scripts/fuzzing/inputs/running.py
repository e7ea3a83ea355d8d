"""Reads many damaged files in a separate process, so that a file that kills it is found, and the rest continues."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from scripts.fuzzing.inputs import targets
from scripts.fuzzing.inputs.judging import fault
from scripts.fuzzing.inputs.mutating import damaged
from scripts.places import ROOT

PATIENCE = 60.0
"""Seconds on one file after which a process is considered hung."""


class Fault(NamedTuple):
    """A file that failed.

    Attributes:
        target: its reader.
        seed: the seed that it is made from.
        problem: what happened.
    """

    target: str
    seed: int
    problem: str


def make(target: str, seed: int) -> bytes:
    """Return the damaged file for a seed."""
    kind = targets.TARGETS[target]
    return damaged(Random(seed), kind.files(), kind.tokens())


def run(
    target: str, start: int, stop: int, until: float = float("inf"), module: str = __name__
) -> Iterator[Fault | int]:
    """Try the files for seeds from `start`; yield faults, and at the end the number of files that were tried.

    Args:
        target: their reader.
        start: the first seed.
        stop: the seed after the last.
        until: the latest time to end, by `time.monotonic`.
        module: the module to run in the process; it ends in a call of `main`.
    """
    done = start
    while done < stop and time.monotonic() < until:
        with tempfile.TemporaryDirectory() as folder:
            at = Path(folder, "at")
            at.write_bytes(b"")
            command = [sys.executable, "-m", module, target, str(done), str(stop), str(at), str(until)]
            messages = Path(folder, "messages")
            with messages.open("wb") as errors:
                process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT)
            hung = _watch(process, at)
            for line in process.communicate()[0].splitlines():
                yield Fault(target, *json.loads(line))
            reached = int.from_bytes(at.read_bytes(), "little")
            if not at.read_bytes():
                raise RuntimeError(f"{target} cannot be tried at all: {messages.read_text().strip()[-500:]}")
            if process.returncode == 0:
                done = reached
                break
            # A memory fault ends the process on purpose: its peak says nothing about the files after it.
            if process.returncode != _FULL:
                problem = "no end" if hung else f"the process ends with {process.returncode}"
                yield Fault(target, reached, problem)
            done = reached + 1
    yield done - start


_FULL = 77
"""Exit code of a process that used too much memory for one file, and reported it."""


def _watch(process: subprocess.Popen[str], at: Path) -> bool:
    """Wait for a process. If it works on one file for too long, kill it and return True."""
    last, since = b"", time.monotonic()
    while True:
        try:
            process.wait(1)
            return False
        except subprocess.TimeoutExpired:
            now = at.read_bytes()
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                process.kill()
                return True


def main(target: str, start: str, stop: str, at: str, until: str) -> None:
    """Work in a separate process; print faults, and keep the current seed in the file `at`."""
    kind = targets.TARGETS[target]
    for data in kind.files():
        fault(kind.check, data, kind.seconds)  # imports, caches, and a first peak of memory
    handle = os.open(at, os.O_WRONLY)
    seed = int(start)
    while seed < int(stop) and time.monotonic() < float(until):
        os.pwrite(handle, seed.to_bytes(8, "little"), 0)
        problem = fault(kind.check, make(target, seed), kind.seconds)
        if problem is not None:
            print(json.dumps([seed, problem]), flush=True)
            if problem.endswith("MB"):
                sys.exit(_FULL)
        seed += 1
    os.pwrite(handle, seed.to_bytes(8, "little"), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
