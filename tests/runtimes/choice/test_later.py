"""The fastest engine, measured once there has been work enough."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import ModelError
from darkcsp.runtimes import Runtime, open_runtime
from darkcsp.runtimes.choice.later import RUNS, SECONDS, FastestLater
from tests.networks import DETECTOR, write_files

PICTURE = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, DETECTOR)


def _open(files: tuple[Path, Path], backend: str) -> Runtime:
    return open_runtime(cfg=files[0], weights=files[1], backend=backend)


def _ticks(seconds: float) -> Iterator[float]:
    """A clock that is so much later each time, so that every run takes as long."""
    return (number * seconds for number in count())


@pytest.mark.parametrize(
    ("seconds", "runs"),
    [(SECONDS / 100, 100), (SECONDS / 4, RUNS), (10 * SECONDS, RUNS)],
)
def test_it_changes_after_so_much_work(seconds: float, runs: int, files: tuple[Path, Path]) -> None:
    first, fastest = _open(files, "opencv"), _open(files, "onnxruntime")
    ticks = _ticks(seconds * 1.001)
    runtime = FastestLater(first, lambda: fastest, lambda: next(ticks))
    for _ in range(runs):
        runtime.run(PICTURE)
        assert runtime.name == first.name
    for _ in range(3):
        np.testing.assert_array_equal(runtime.run(PICTURE)[0], fastest.run(PICTURE)[0])
        assert runtime.name == "onnxruntime/default"


def test_an_engine_that_runs_goes_on_if_none_can_be_measured(files: tuple[Path, Path]) -> None:
    ticks, calls = _ticks(SECONDS), []

    def fail() -> Runtime:
        calls.append(1)
        raise ModelError("x", "there is no room")

    runtime = FastestLater(_open(files, "opencv"), fail, lambda: next(ticks))
    for _ in range(RUNS + 3):
        runtime.run(PICTURE)
    assert runtime.name.startswith("opencv/") and len(calls) == 1


def test_state_stays_where_it_is(files: tuple[Path, Path]) -> None:
    first = _open(files, "opencv")
    first.recurrent = True
    ticks = _ticks(SECONDS)
    runtime = FastestLater(first, lambda: pytest.fail("measured"), lambda: next(ticks))
    for _ in range(RUNS + 3):
        runtime.run(PICTURE)
    runtime.reset()
