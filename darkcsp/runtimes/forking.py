"""Errors for models opened before `os.fork`: a child has their memory, but not the threads and locks of the engines."""

from __future__ import annotations

import os

from darkcsp.errors import ModelError
from darkcsp.runtimes.backend import Backend

_OPENED_IN: dict[str, int] = {}
"""Backend -> the process that first opened a model with it: this one, or one that it was forked from."""


def check_process(path: str, process: int) -> None:
    """Raise ModelError unless this is the process that a model was opened in."""
    if os.getpid() != process:
        raise ModelError(
            path,
            "was opened before os.fork(), and its engine's threads do not survive a fork; open it only in the child, "
            "or start processes with spawn",
        )


def in_use_before_fork(backend: Backend) -> bool:
    """Return whether the first model of a backend was opened in a process that this one was forked from."""
    return _OPENED_IN.get(backend.name, os.getpid()) != os.getpid()


def is_lost(backend: Backend) -> bool:
    """Return whether a fork made a backend's library unusable in this process."""
    return in_use_before_fork(backend) and not backend.survives_fork


def note_opening(backend: Backend, path: str) -> None:
    """Record that a backend is about to open a model. Raises ModelError if a fork made its library unusable."""
    _OPENED_IN.setdefault(backend.name, os.getpid())
    if is_lost(backend):
        raise ModelError(
            path,
            f"{backend.title} was in use before os.fork(), and its threads do not survive a fork; use it only in the "
            "child, or start processes with spawn",
        )
