"""The side that asks: worker processes, which stay alive between requests."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from darkcsp.errors import DarkcspError
from darkcsp.workers.serving import Turn

_TAIL = 4000
"""Bytes of standard error to keep from a worker that died."""


@dataclass(frozen=True)
class Job:
    """The job of one worker.

    Attributes:
        command: the worker's command line; the program must end in a call of `serving.serve`.
        options: JSON values that say what the worker opens.
        environment: environment variables for the worker in addition to this process's own.
    """

    command: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerError(DarkcspError):
    """A worker cannot do its job.

    Attributes:
        command: the worker's command line.
        exit_code: exit code of its process, -9 for signal 9; None if it never started or is still running.
        limit: the time limit in seconds, if it did not answer in time; None if it failed for another reason.
        stderr: the end of standard error, if the process died.
    """

    def __init__(
        self,
        message: str,
        command: tuple[str, ...] = (),
        exit_code: int | None = None,
        limit: float | None = None,
        stderr: str = "",
    ) -> None:
        super().__init__(message)
        self.command, self.exit_code, self.limit, self.stderr = command, exit_code, limit, stderr


def module_command(module: ModuleType, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a module of this package in another process with the same interpreter.

    Raises WorkerError if Python does not know the path of its interpreter, as in some embedded ones.
    """
    if not sys.executable:
        raise WorkerError("Python does not know the path of its own interpreter, so it cannot start another process")
    return (sys.executable, "-m", module.__name__, *arguments)


def _search_path() -> str:
    """Return the worker's PYTHONPATH, with the folder of this package first."""
    return os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")]))


class Worker:
    """A process that does one job; a context manager, which ends the process."""

    def __init__(self, job: Job, limit: float) -> None:
        """Start the process, which has `limit` seconds for each answer.

        Raises WorkerError if it cannot be started.
        """
        self._job, self._limit, self._late = job, limit, False
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        # Safe path: do not import modules that happen to be in the user's current folder.
        environment = {**os.environ, "PYTHONPATH": _search_path(), "PYTHONSAFEPATH": "1", **job.environment}
        try:
            self._process = subprocess.Popen(
                job.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                env=environment,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            self._messages.close()
            raise self._failed(f"{job.command[0]} cannot be started: {error.strerror}") from None

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    def open(self) -> str:
        """Open what the job's options describe, and return its name. Raises WorkerError if that fails."""
        return str(self._ask({"open": dict(self._job.options)})["name"])

    def warm_up(self) -> None:
        """Run until times have settled. Raises WorkerError if it fails or an output is not finite."""
        self._ask({"warm_up": True})

    def run(self, turn: Turn) -> list[float]:
        """Return the seconds of each run in a turn. Raises WorkerError if it fails."""
        return [float(value) for value in self._ask({"run": asdict(turn)})["times"]]

    def outputs(self) -> tuple[npt.NDArray[Any], ...]:
        """Run once and return the outputs. Raises WorkerError if it fails."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "outputs.npz")
            self._ask({"outputs": str(file)})
            with np.load(file) as arrays:
                return tuple(arrays[name] for name in arrays.files)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # unread requests of a dead worker
                    pipe.close()
        self._process.wait()
        self._messages.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        watch = threading.Timer(self._limit, self._stop)
        watch.start()
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            line = ""
        finally:
            watch.cancel()
        if not line.endswith("\n"):
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise self._failed(str(answer["error"]))
        return answer

    def _stop(self) -> None:
        self._late = True
        self._process.kill()

    def _ended(self) -> WorkerError:
        """Return an error that says how the process ended."""
        code = self._process.wait()
        if self._late:
            return self._failed(f"did not answer within {self._limit:g} seconds", exit_code=code, limit=self._limit)
        self._messages.seek(0, os.SEEK_END)
        self._messages.seek(max(0, self._messages.tell() - _TAIL))
        text = self._messages.read().decode("utf-8", "replace")
        last = next((line.strip() for line in reversed(text.split("\n")) if line.strip()), "")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        message = f"its process ended with {how}" + (f": {last}" if last else "")
        return self._failed(message, exit_code=code, stderr=text)

    def _failed(self, message: str, **facts: Any) -> WorkerError:
        return WorkerError(message, self._job.command, **facts)
