"""Opens files that are not as darkcsp wrote them, first in another process, so that a crash becomes an error.

An engine is a large program that was not written for hostile files: it may crash, run forever, or use up all memory. In
a trial it opens the file and runs one picture, with limited time and memory. A trial isolates such accidents. It does
not contain a file that takes over the process, and does not show what happens with other pictures. Passed trials are
remembered, see `cache`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from math import prod
from pathlib import Path

from darkcsp.errors import ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.modelfile.targets import target_for
from darkcsp.progress import step
from darkcsp.runtimes import worker
from darkcsp.runtimes.backend import CPU, Candidate
from darkcsp.runtimes.choice.cache import has_passed, remember_trial, trial_file
from darkcsp.runtimes.loading import check_candidate, open_candidate
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import ModelSource, OnnxSource
from darkcsp.text import shortened
from darkcsp.workers.process import Job, Worker, WorkerError, module_command
from darkcsp.workers.serving import Turn

LIMIT = 60.0
"""Time limit in seconds for an engine to open a file and run it."""

ONE_RUN = Turn(seconds=0.0, least=1, most=1)

_ANY, _EACH_CORE = 256 << 20, 64 << 20
"""Bytes that any engine may use for itself, and for the threads of each core."""

_OF_FILE, _OF_INPUT = 16, 1000
"""Bytes that an engine may use per byte of the file, and of a picture; 3 and 200 are typical."""


def open_contained(source: ModelSource, candidate: Candidate, threads: int | None, workers: int = 1) -> Runtime:
    """Open a model with one engine, after a trial if needed. Raises what `open_candidate` raises."""
    step(f"opening {Path(source.path).name} with {candidate}")
    ensure_passed(source, candidate, threads)
    return open_candidate(source, candidate, threads, workers)


def ensure_passed(source: ModelSource, candidate: Candidate, threads: int | None) -> None:
    """Open and run a model in another process, unless it is trusted or has passed before.

    Raises ModelError if that fails, ArgumentError and MissingBackendError as `open_candidate` does.
    """
    if source.is_trusted or not isinstance(source, OnnxSource):
        return
    check_candidate(candidate)
    candidate = replace(candidate, device=CPU)  # a device's memory cannot be limited, and the trial is about the file
    kept = trial_file(source.file, candidate)
    if not has_passed(kept):
        _try(source, candidate, threads)
        remember_trial(kept, source.file, candidate)


def _try(source: OnnxSource, candidate: Candidate, threads: int | None) -> None:
    with source.onnx(target_for(candidate.backend), None) as file:  # as it is, at the size that it is opened at
        room = _room(file)
    options = {**worker.worker_options(source, candidate, threads), "room": room}
    try:
        process = Worker(Job(module_command(worker), options), LIMIT)
    except WorkerError as error:
        reason = f"is not as darkcsp wrote it, and cannot be tried in another process: {error}; {_TRUST}"
        raise ModelError(source.path, reason) from None
    with process:
        try:
            process.open()
            process.run(ONE_RUN)
        except WorkerError as error:
            raise ModelError(source.path, _reason(error, source, candidate, room)) from None


_REASON = 280
"""Maximum length of an engine's message; the end is often the most useful part."""

_TRUST = "trust=True (--trust) opens it without a trial"


def _reason(error: WorkerError, source: OnnxSource, candidate: Candidate, room: int) -> str:
    """Return why a trial failed."""
    if error.limit is not None:
        return f"{candidate} did not open and run this file within {error.limit:g} seconds; {_TRUST}"
    if error.exit_code is not None:
        how = f"signal {-error.exit_code}" if error.exit_code < 0 else f"exit code {error.exit_code}"
        return f"{candidate} crashed on this file ({how}), which is not as darkcsp wrote it"
    path = str(source.arguments["model"])
    reason = str(error).removeprefix(f"{path}: ").replace(path, os.path.basename(path))
    reason = shortened(reason, _REASON)
    if "alloc" in reason or "memory" in reason.lower():
        reason += f"; the trial allows {room >> 20} MiB; {_TRUST}"
    return reason


def _room(file: OnnxFile) -> int:
    """Return how many bytes an engine may use for a file."""
    picture = Metadata.from_properties(file.properties, file.path).input.size  # of a size that the file may leave open
    values = max(picture, sum(prod(side or 1 for side in item.shape) for item in file.inputs))
    engine = _ANY + _EACH_CORE * (os.cpu_count() or 1)
    return engine + _OF_FILE * os.path.getsize(file.file) + _OF_INPUT * 4 * values
