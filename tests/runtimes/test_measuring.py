"""Times of engines, and whether their outputs agree."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.errors import ModelError
from darkcsp.runtimes import HeadInfo, Metadata, open_runtime
from darkcsp.runtimes.apart import measure_apart
from darkcsp.runtimes.measuring import agree, first_run, take_turns
from darkcsp.spec.shape import Shape
from tests.detect.stub import Stub
from tests.networks import DETECTOR, write_files

Array = npt.NDArray[np.float32]


class Clock:
    """A clock that stands still unless a runtime runs; it notes which did."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []

    def __call__(self) -> float:
        return self.now


class Slow(Stub):
    """A runtime that takes its time on a clock."""

    seconds: float
    clock: Clock

    def run(self, batch: Array) -> list[Array]:
        self.clock.log.append(self.name)
        self.clock.now += self.seconds
        return super().run(batch)


def slow(name: str, seconds: float, clock: Clock) -> Slow:
    metadata = Metadata("detector", "decoded", Shape(3, 8, 8), heads=(HeadInfo("yolo", 2),))
    runtime = Slow(metadata, np.zeros((1, 7), np.float32), name=name)
    runtime.seconds, runtime.clock = seconds, clock
    return runtime


@pytest.mark.parametrize(
    ("seconds", "rounds"),
    [(0.03, 3), (0.0, 2), (60.0, 12)],
    ids=["until time is up", "twice at least", "twelve times at most"],
)
def test_models_take_turns(seconds: float, rounds: int) -> None:
    clock = Clock()
    one, other = slow("one", 0.002, clock), slow("other", 0.01, clock)
    assert take_turns([one, other], seconds, clock) == pytest.approx([0.002, 0.01])
    assert clock.log == ["one", "other"] * rounds
    assert one.given == []  # reset


def test_the_quickest_run_counts() -> None:
    clock = Clock()
    runtime = slow("one", 0.0, clock)
    paces = iter([0.5, 0.25, 1.0])

    def run(batch: Array) -> list[Array]:
        clock.now += next(paces)
        return []

    runtime.run = run  # type: ignore[method-assign]
    assert take_turns([runtime], 1.0, clock) == [0.25]


def test_one_run_is_enough_of_slow_models() -> None:
    clock = Clock()
    assert take_turns([slow("one", 3.0, clock)], 60, clock) == [3.0]
    assert clock.log == ["one"]


def test_pictures_are_the_same_for_every_engine() -> None:
    one, other = slow("one", 0, Clock()), slow("other", 0, Clock())
    (output,) = first_run(one)
    first_run(other)
    assert output.shape == (1, 1, 7)
    np.testing.assert_array_equal(one.given[0], other.given[0])
    assert one.given[0].shape == (1, 3, 8, 8) and 0 <= one.given[0].min() < one.given[0].max() < 1


def test_agreement() -> None:
    values = np.linspace(-5, 5, 5000, dtype=np.float32)
    assert agree([values, values], [values * 1.0005, values + 0.0005])
    assert not agree([values], [values * 1.01])
    assert not agree([values], [values[:-1]])
    assert not agree([values], [values, values])
    stray = values.copy()
    stray[:5] = 9
    assert agree([values], [stray])
    stray[:6] = 9
    assert not agree([values], [stray])
    lost = values.copy()
    lost[::2] = np.nan
    assert not agree([values], [lost])
    assert agree([lost], [lost])


def test_a_process_of_its_own_gives_time_and_outputs(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    arguments = {"cfg": str(cfg), "weights": str(weights), "head": "raw", "size": (64, 32), "threads": 1}
    found = measure_apart({**arguments, "backend": "onnxruntime", "engine": "default"}, 0.01)
    assert found.seconds > 0
    runtime = open_runtime(
        cfg=cfg, weights=weights, head="raw", size=(64, 32), threads=1, backend="onnxruntime", engine="default"
    )
    for array, own in zip(found.outputs, first_run(runtime), strict=True):
        np.testing.assert_array_equal(array, own)


def test_what_goes_wrong_in_a_process_of_its_own_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read"):
        measure_apart({"model": str(tmp_path / "none.onnx"), "backend": "opencv", "engine": "classic"}, 0.01)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ModelError, match="ends without an answer"):
        measure_apart({"model": "x.onnx"}, 0.01)
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(ModelError, match="there is no Python to measure with"):
        measure_apart({"model": "x.onnx"}, 0.01)
