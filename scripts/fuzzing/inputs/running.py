"""Many damaged files in a process of their own, so that one that kills it is found, and the rest goes on."""

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
"""Seconds after which a process that works on one file is taken for hung."""


class Fault(NamedTuple):
    """A file that was handled badly.

    Attributes:
        target: what read it.
        seed: from which it is made.
        problem: what happened.
    """

    target: str
    seed: int
    problem: str


def make(target: str, seed: int) -> bytes:
    """Return the damaged file of a seed."""
    kind = targets.TARGETS[target]
    return damaged(Random(seed), kind.files(), kind.tokens())


def run(
    target: str, start: int, stop: int, until: float = float("inf"), module: str = __name__
) -> Iterator[Fault | int]:
    """Try the files of seeds from `start` on; yield what goes wrong, and in the end how many files were tried.

    Args:
        target: what reads them.
        start: the first seed.
        stop: the one after the last.
        until: by `time.monotonic`, when to end at the latest.
        module: what runs in the process; it ends in a call of `main`.
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
            # A fault of memory ends the process on purpose: its peak says nothing of the files that follow.
            if process.returncode != _FULL:
                problem = "no end" if hung else f"the process ends with {process.returncode}"
                yield Fault(target, reached, problem)
            done = reached + 1
    yield done - start


_FULL = 77
"""Exit code of a process that took too much memory for one file, and said so."""


def _watch(process: subprocess.Popen[str], at: Path) -> bool:
    """Wait for a process; kill it, and return True, where it works on one file for too long."""
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
    """Work in a process of its own; print faults, and keep the seed that is worked on in the file `at`."""
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
