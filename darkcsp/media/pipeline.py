"""Reads, infers and writes at the same time.

One thread reads and prepares pictures ahead of the network, the caller's thread runs the network, and a third thread
interprets and writes the outputs. The queues between them are short, so only a few pictures are in memory. Order is
kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Full, Queue
from typing import NamedTuple, Protocol

from darkcsp.arrays import Array
from darkcsp.detect.preprocess import Picture
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.sink import Result, Sink
from darkcsp.media.source import Source
from darkcsp.runtimes.runtime import Pixels

_AHEAD = 4
"""Pictures, in addition to a batch, that may wait before and after the network."""

_PAUSE = 0.1
"""Seconds between checks whether to stop, while the queue to the network is full."""


class Model(Protocol):
    """The steps from a picture to a result that Detector and Classifier have in common."""

    def prepare(self, image: Picture, /) -> Pixels:
        """Turn a picture into an input."""
        ...

    def infer(self, inputs: Sequence[Pixels], /) -> Sequence[Array]:
        """Run the network; return one output per input."""
        ...

    def interpret(self, output: Array, image: Picture, /) -> Result:
        """Turn an output into a result."""
        ...


class Done(NamedTuple):
    """A picture and what was found in it."""

    frame: Frame
    result: Result


Report = Callable[[Done | Unreadable], None]


@dataclass
class Tally:
    """How many pictures were processed, and how many could not be read."""

    done: int = 0
    failed: int = 0


def process(source: Source, model: Model, sinks: Sequence[Sink], report: Report, batch: int = 1) -> Tally:
    """Run every picture of a source through a model into sinks.

    The sinks are closed at the end, and also, with all pictures processed so far, after KeyboardInterrupt or when
    standard output is no longer read. If nothing was processed, or an error ends the work, they are discarded.

    Args:
        source: the pictures.
        model: a Detector or a Classifier.
        sinks: where results go.
        report: called from another thread for each picture, in order, after the sinks have taken it.
        batch: pictures per run of the network.

    Raises:
        DarkcspError: a sink cannot be written, or the network fails.
        KeyboardInterrupt, BrokenPipeError: raised again after the sinks are closed.
    """
    reader = _Reader(source, model, batch + _AHEAD)
    writer = _Writer(model, sinks, report, batch + _AHEAD)
    interruption: BaseException | None = None
    try:
        try:
            _infer(reader, model, writer, batch)
        except (KeyboardInterrupt, BrokenPipeError) as error:
            interruption = error
        reader.stop()
        tally = writer.finish()
        broken = _close(sinks) if tally.done else None
        interruption = interruption or writer.broken or broken
    except BaseException:
        reader.stop()
        writer.abandon()
        _discard(sinks)
        raise
    _discard(sinks)
    if interruption is not None:
        raise interruption
    return tally


class _Ready(NamedTuple):
    frame: Frame
    input: Pixels


class _Raw(NamedTuple):
    frame: Frame
    output: Array


class _Failure(NamedTuple):
    error: BaseException


def _infer(reader: _Reader, model: Model, writer: _Writer, batch: int) -> None:
    for group in _groups(reader, batch):
        outputs = iter(model.infer([item.input for item in group if isinstance(item, _Ready)]))
        for item in group:
            writer.put(_Raw(item.frame, next(outputs)) if isinstance(item, _Ready) else item)


def _groups(items: Iterator[_Ready | Unreadable], batch: int) -> Iterator[list[_Ready | Unreadable]]:
    """Yield groups of `batch` readable pictures, in order; a group without any is passed on at once."""
    group: list[_Ready | Unreadable] = []
    ready = 0
    for item in items:
        group.append(item)
        ready += isinstance(item, _Ready)
        if ready in (0, batch):
            yield group
            group, ready = [], 0
    if group:
        yield group


class _Reader:
    """A thread that reads and prepares."""

    def __init__(self, source: Source, model: Model, ahead: int) -> None:
        self._source, self._model = source, model
        self._queue: Queue[_Ready | Unreadable | _Failure | None] = Queue(ahead)
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="darkcsp reader", daemon=True).start()

    def __iter__(self) -> Iterator[_Ready | Unreadable]:
        return self

    def __next__(self) -> _Ready | Unreadable:
        item = self._queue.get()
        if item is None:
            raise StopIteration
        if isinstance(item, _Failure):
            raise item.error
        return item

    def stop(self) -> None:
        """Tell the thread to end, without waiting for it: it may still be waiting for a picture."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            for item in self._source:
                if not self._put(
                    item if isinstance(item, Unreadable) else _Ready(item, self._model.prepare(item.image))
                ):
                    return
        except BaseException as error:  # raised again in the caller's thread
            self._put(_Failure(error))
        self._put(None)

    def _put(self, item: _Ready | Unreadable | _Failure | None) -> bool:
        """Pass an item on. Returns False once the thread should end."""
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=_PAUSE)
                return True
            except Full:
                pass
        return False


class _Writer:
    """A thread that interprets and writes. After an error it takes further items and drops them."""

    def __init__(self, model: Model, sinks: Sequence[Sink], report: Report, behind: int) -> None:
        self._model, self._sinks, self._report = model, sinks, report
        self._queue: Queue[_Raw | Unreadable | None] = Queue(behind)
        self._error: BaseException | None = None
        self._abandoned = False
        self._tally = Tally()
        self._thread = threading.Thread(target=self._run, name="darkcsp writer", daemon=True)
        self._thread.start()

    def put(self, item: _Raw | Unreadable) -> None:
        """Pass an item to the thread. Raises the error of an earlier item."""
        if self._error is not None:
            raise self._error
        self._queue.put(item)

    def finish(self) -> Tally:
        """Wait for the last item. Raises the thread's error, except for `broken`."""
        self._queue.put(None)
        self._thread.join()
        if self._error is not None and self.broken is None:
            raise self._error
        return self._tally

    @property
    def broken(self) -> BrokenPipeError | None:
        """The error that ended the work if standard output is no longer read."""
        return self._error if isinstance(self._error, BrokenPipeError) else None

    def abandon(self) -> None:
        """Let the thread end after its current item."""
        self._abandoned = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error is None and not self._abandoned:
                try:
                    self._take(item)
                except BaseException as error:  # raised again in the caller's thread
                    self._error = error

    def _take(self, item: _Raw | Unreadable) -> None:
        if isinstance(item, Unreadable):
            self._tally.failed += 1
            self._report(item)
            return
        result = self._model.interpret(item.output, item.frame.image)
        for sink in self._sinks:
            sink.write(item.frame, result)
        self._tally.done += 1
        self._report(Done(item.frame, result))


def _close(sinks: Sequence[Sink]) -> BrokenPipeError | None:
    """Close all sinks. Returns the BrokenPipeError of a sink whose readers are gone."""
    broken = None
    for sink in sinks:
        try:
            sink.close()
        except BrokenPipeError as error:
            broken = error
    return broken


def _discard(sinks: Sequence[Sink]) -> None:
    for sink in sinks:
        sink.discard()
