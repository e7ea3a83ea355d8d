"""Shares one open model between threads: each has a session to itself while it runs, or waits for one.

A session is a Runtime as opened by a backend; only one thread at a time may run it, unless its engine is concurrent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from queue import LifoQueue
from threading import Lock

from darkcsp.arrays import Array
from darkcsp.runtimes.forking import check_process
from darkcsp.runtimes.runtime import Pixels, Runtime

Take = Callable[[], AbstractContextManager[Runtime]]
"""Gives the calling thread a session for the duration of a block."""


class SharedRuntime:
    """A `Runtime` that uses one or several sessions of one model."""

    def __init__(self, session: Runtime, take: Take) -> None:
        """Use the sessions that `take` gives, which are all like this one."""
        self.name, self.path = session.name, session.path
        self.input_shape, self.output_names = session.input_shape, session.output_names
        self.metadata, self.recurrent = session.metadata, session.recurrent
        self._take, self._process = take, os.getpid()

    def run(self, batch: Pixels) -> list[Array]:
        """See Runtime."""
        check_process(self.path, self._process)
        with self._take() as session:
            return session.run(batch)

    def reset(self) -> None:
        """See Runtime."""
        check_process(self.path, self._process)
        with self._take() as session:
            session.reset()


def for_all(session: Runtime) -> SharedRuntime:
    """Share a session that any number of threads may run at the same time."""
    return SharedRuntime(session, lambda: nullcontext(session))


def one_at_a_time(session: Runtime) -> SharedRuntime:
    """Share a session that one thread may run at a time; others wait."""
    lock = Lock()

    @contextmanager
    def take() -> Iterator[Runtime]:
        with lock:
            yield session

    return SharedRuntime(session, take)


def pooled(sessions: Sequence[Runtime]) -> SharedRuntime:
    """Share several stateless sessions of one model; only one thread at a time may run each."""
    free: LifoQueue[Runtime] = LifoQueue()  # the memory of the session that ran last is still in the cache
    for session in sessions:
        free.put(session)

    @contextmanager
    def take() -> Iterator[Runtime]:
        session = free.get()
        try:
            yield session
        finally:
            free.put(session)

    return SharedRuntime(sessions[0], take)
