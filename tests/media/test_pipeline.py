"""Reading, inferring and writing at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.detect import Detections, Detector
from darkcsp.errors import MediaError, ModelError
from darkcsp.media import Done, Frame, Result, Unreadable, process
from tests.detect.stub import detector_stub

Item = Frame | Unreadable


def frame(number: int) -> Frame:
    return Frame(f"{number}.png", Path(f"{number}.png"), np.full((10, 10, 3), number, np.uint8))


class Items:
    """A Source of what it is given; exceptions are raised, functions called."""

    def __init__(self, *items: Any) -> None:
        self._items = items
        self.taken = 0

    @property
    def count(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        for item in self._items:
            if isinstance(item, BaseException):
                raise item
            self.taken += 1
            yield item


class Memory:
    """A Sink that remembers."""

    def __init__(self, fails_at: str = "") -> None:
        self.origins: list[str] = []
        self.ended: list[str] = []
        self._fails_at = fails_at

    def write(self, frame: Frame, result: Result) -> None:
        if frame.origin == self._fails_at:
            raise MediaError(frame.origin, "cannot be written")
        assert isinstance(result, Detections)
        self.origins.append(frame.origin)

    def close(self) -> None:
        self.ended.append("closed")

    def discard(self) -> None:
        self.ended.append("discarded")


class Counting(Detector):
    """Finds one thing everywhere; notes batches; runs a function before the batch of a number."""

    def __init__(self, at: int = -1, what: BaseException | None = None) -> None:
        super().__init__(detector_stub([0.5, 0.5, 0.2, 0.2, 1, 0.9, 0]))
        self.batches: list[int] = []
        self._at, self._what = at, what

    def infer(self, inputs: Sequence[Any]) -> Sequence[Any]:
        if len(self.batches) == self._at and self._what is not None:
            raise self._what
        self.batches.append(len(inputs))
        return super().infer(inputs)


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "darkcsp" in thread.name]


def _nothing(item: Done | Unreadable) -> None:
    pass


@pytest.mark.parametrize(("batch", "batches"), [(1, [1] * 30), (7, [7, 7, 7, 7, 2]), (64, [30])])
def test_order_is_kept_and_broken_pictures_are_passed_on(batch: int, batches: list[int]) -> None:
    items: list[Item] = [frame(number) for number in range(30)]
    for position in (0, 11, 20, 33):
        items.insert(position, Unreadable(f"broken {position}", MediaError("", "is no picture")))
    seen: list[str] = []
    sink, model = Memory(), Counting()

    def report(item: Done | Unreadable) -> None:
        seen.append(item.origin if isinstance(item, Unreadable) else item.frame.origin)

    tally = process(Items(*items), model, [sink], report, batch)
    assert (tally.done, tally.failed) == (30, 4)
    assert sink.origins == [f"{number}.png" for number in range(30)]
    assert seen == [item.origin for item in items]
    assert [count for count in model.batches if count] == batches
    assert sink.ended[0] == "closed"


def test_results_are_those_of_the_detector() -> None:
    model = Counting()
    results: list[Done] = []

    def report(item: Done | Unreadable) -> None:
        assert isinstance(item, Done)
        results.append(item)

    process(Items(frame(1), frame(2), frame(3)), model, [], report, 2)
    for item in results:
        assert isinstance(item.result, Detections)
        np.testing.assert_array_equal(item.result.xyxy, model(item.frame.image).xyxy)
        assert len(item.result) == 1


def test_few_pictures_are_read_ahead() -> None:
    source = Items(*(frame(number) for number in range(100)))
    with pytest.raises(ModelError):
        process(source, Counting(1, ModelError("x.onnx", "fails")), [], _nothing)
    assert source.taken < 12


@pytest.mark.parametrize("fault", ["source", "network", "sink", "report"])
def test_errors_of_every_thread_reach_the_caller(fault: str) -> None:
    first, second = Memory(), Memory("5.png" if fault == "sink" else "")
    items: list[Any] = [frame(number) for number in range(40)]
    if fault == "source":
        items[5] = MediaError("", "the disk is gone")
    model = Counting(5, ModelError("x.onnx", "fails")) if fault == "network" else Counting()

    def report(item: Done | Unreadable) -> None:
        if fault == "report" and isinstance(item, Done) and item.frame.origin == "5.png":
            raise ConnectionError

    with pytest.raises((MediaError, ModelError, ConnectionError)):
        process(Items(*items), model, [first, second], report)
    assert "closed" not in first.ended + second.ended
    assert first.ended == second.ended == ["discarded"]
    assert first.origins == [f"{number}.png" for number in range(len(first.origins))]
    assert "darkcsp writer" not in _threads()


def test_an_interruption_leaves_what_was_done() -> None:
    sink = Memory()
    with pytest.raises(KeyboardInterrupt):
        process(Items(*(frame(number) for number in range(50))), Counting(13, KeyboardInterrupt()), [sink], _nothing)
    assert sink.origins == [f"{number}.png" for number in range(13)]
    assert sink.ended[0] == "closed"


def test_what_was_done_is_left_when_nobody_reads_on() -> None:
    class Printed(Memory):
        def close(self) -> None:
            super().close()
            raise BrokenPipeError

    def report(item: Done | Unreadable) -> None:
        if len(first.origins) == 5:
            raise BrokenPipeError

    for wanted in (report, _nothing):
        first, printed, last = Memory(), Printed(), Memory()
        source = Items(*(frame(number) for number in range(50)))
        with pytest.raises(BrokenPipeError):
            process(source, Counting(), [first, printed, last], wanted)
        assert first.origins == last.origins
        assert len(first.origins) == (5 if wanted is report else 50)
        assert first.ended[0] == last.ended[0] == "closed"
        assert "darkcsp writer" not in _threads()


def test_an_interruption_before_the_first_picture_leaves_nothing() -> None:
    sink = Memory()
    with pytest.raises(KeyboardInterrupt):
        process(Items(frame(0)), Counting(0, KeyboardInterrupt()), [sink], _nothing)
    assert (sink.origins, sink.ended) == ([], ["discarded"])


def test_nothing_can_be_read() -> None:
    sink = Memory()
    tally = process(Items(Unreadable("x", MediaError("x", "is empty"))), Counting(), [sink], _nothing)
    assert (tally.done, tally.failed, sink.ended) == (0, 1, ["discarded"])


def test_threads_work_at_the_same_time() -> None:
    """The network waits for a picture two ahead to be read, and for the one before to be written."""
    read, written = threading.Event(), threading.Event()

    class Slow(Counting):
        def infer(self, inputs: Sequence[Any]) -> Sequence[Any]:
            if len(self.batches) == 1:
                assert read.wait(60)
                assert written.wait(60)
            return super().infer(inputs)

    class Watched(Items):
        def __iter__(self) -> Iterator[Item]:
            for item in super().__iter__():
                if isinstance(item, Frame) and item.origin == "3.png":
                    read.set()
                yield item

    def report(item: Done | Unreadable) -> None:
        written.set()

    assert process(Watched(*(frame(number) for number in range(4))), Slow(), [], report).done == 4
