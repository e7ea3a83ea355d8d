"""The asking side of a measurement: worker processes that are kept alive."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from darkcsp.benchmark.serving import Clock

PACKAGE = "darkcsp.benchmark.worker"


@dataclass(frozen=True)
class Job:
    """What one worker times.

    Attributes:
        command: the worker's command line; it ends in a call of `serving.serve`.
        options: what the worker is to open.
        environment: variables that the worker has besides this process's own.
    """

    command: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


def own_worker(kind: str) -> tuple[str, ...]:
    """Return the command line of a worker of this interpreter: "runtime" or "peak"."""
    return (sys.executable, "-m", PACKAGE, kind)


def _search_path() -> str:
    """Put the folder of this very package in front of what else a worker's interpreter is told to search."""
    return os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")]))


class WorkerError(Exception):
    """A worker cannot do its job; the message says why."""


class Worker:
    """A process that times one thing; a context manager that ends it."""

    def __init__(self, job: Job, limit: float) -> None:
        """Start the process, which may take `limit` seconds for each answer.

        Raises WorkerError where it cannot be started.
        """
        self._job, self._limit, self._late = job, limit, False
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        try:
            self._process = subprocess.Popen(
                job.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                env={**os.environ, "PYTHONPATH": _search_path(), **job.environment},
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            self._messages.close()
            raise WorkerError(f"{job.command[0]} cannot be started: {error.strerror}") from None

    def open(self) -> str:
        """Make it ready and warm. Returns the name of what it opened. Raises WorkerError where it cannot."""
        return str(self._ask({"open": dict(self._job.options)})["name"])

    def run(self, seconds: float, least: int, clock: Clock = "wall") -> list[float]:
        """Return the seconds of each run of one round. Raises WorkerError where it fails."""
        return [float(value) for value in self._ask({"seconds": seconds, "least": least, "clock": clock})["times"]]

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what a dead worker did not read
                    pipe.close()
        self._process.wait()
        self._messages.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        watch = threading.Timer(self._limit, self._stop)
        watch.start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        finally:
            watch.cancel()
        if not line:
            raise WorkerError(self._end())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(str(answer["error"]))
        return answer

    def _stop(self) -> None:
        self._late = True
        self._process.kill()

    def _end(self) -> str:
        """Say how the process ended."""
        code = self._process.wait()
        if self._late:
            return f"gave no answer within {self._limit:g} seconds"
        self._messages.seek(0)
        lines = self._messages.read().decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"its process ended with {how}" + (f": {last}" if last else "")
