"""Times of engines, and what they give."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp.arrays import Array
from darkcsp.errors import DarkcspError
from darkcsp.graph.reading import CfgReading
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.runtimes import HeadInfo, Metadata, open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice import measuring
from darkcsp.runtimes.choice.measuring import TURN, first_run, outputs_apart, take_turns, try_apart, try_here
from darkcsp.runtimes.runtime import Pixels
from darkcsp.runtimes.source import OnnxSource, read_darknet
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx import convert
from darkcsp.workers.process import WorkerError
from darkcsp.workers.serving import Turn
from tests.detect.stub import Stub
from tests.networks import DETECTOR, write_files

ORT = Candidate("onnxruntime", "default")


class Clock:
    """A clock that only runs move on."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


class Timed(Stub):
    """A runtime that takes its time, by the tests' clock."""

    clock: Clock
    seconds: float
    log: list[str]

    def run(self, batch: Pixels) -> list[Array]:
        self.log.append(self.name)
        self.clock.now += self.seconds
        return super().run(batch)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(measuring, "time", found)
    return found


def timed(name: str, seconds: float, log: list[str], clock: Clock) -> Timed:
    metadata = Metadata("detector", "decoded", Shape(3, 8, 8), heads=(HeadInfo("yolo", 2),))
    runtime = Timed(metadata, np.zeros((1, 7), np.float32), name=name)
    runtime.seconds, runtime.log, runtime.clock = seconds, log, clock
    return runtime


@pytest.mark.parametrize(
    ("turn", "rounds"),
    [
        (Turn(seconds=30.0, least=2, most=12, patience=99.0), 3),
        (Turn(seconds=0.0, least=2, most=12), 2),
        (Turn(seconds=600.0, least=2, most=12), 12),
        (Turn(seconds=600.0, least=2, most=12, patience=10.0), 1),
    ],
)
def test_models_take_turns(turn: Turn, rounds: int, clock: Clock) -> None:
    log: list[str] = []
    one, other = timed("one", 2.0, log, clock), timed("other", 9.0, log, clock)
    assert take_turns([one, other], turn) == [2.0, 9.0]
    assert log == ["one", "other"] * rounds
    assert one.given == []  # reset


def test_the_quickest_run_counts_and_each_candidate_has_its_time(clock: Clock) -> None:
    log: list[str] = []
    one, other = timed("one", 0.125, log, clock), timed("other", 0.125, log, clock)
    output = np.ones((1, 1, 7), np.float32)
    trials = try_here({Candidate("x", "1"): one, Candidate("x", "2"): other}, {
        Candidate("x", "1"): [output],
        Candidate("x", "2"): [-output],
    })  # fmt: skip
    assert [trial.seconds for trial in trials] == [0.125, 0.125]
    assert [trial.outputs[0][0, 0, 0] for trial in trials] == [1, -1]
    assert len(log) == 2 * 3  # 0.25 s a round, until 2 x 0.3 s are over
    assert TURN.seconds == 0.3


def test_pictures_are_the_same_for_every_engine(clock: Clock) -> None:
    one, other = timed("one", 0, [], clock), timed("other", 0, [], clock)
    (output,) = first_run(one)
    first_run(other)
    assert output.shape == (1, 1, 7)
    np.testing.assert_array_equal(one.given[0], other.given[0])
    assert one.given[0].shape == (1, 3, 8, 8) and 0 <= one.given[0].min() < one.given[0].max() < 1


def test_a_process_of_its_own_gives_time_and_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    monkeypatch.chdir(tmp_path)
    found = try_apart(read_darknet(cfg.name, weights.name, "raw", CfgReading((64, 32))), ORT, 1)
    assert found.seconds > 0
    runtime = open_runtime(
        cfg=cfg, weights=weights, head="raw", size=(64, 32), threads=1, backend="onnxruntime", engine="default"
    )
    for array, own in zip(found.outputs, first_run(runtime), strict=True):
        np.testing.assert_array_equal(array, own)
    source = read_darknet(cfg, weights, "raw", CfgReading((64, 32)))
    for array, again in zip(found.outputs, outputs_apart(source, ORT, 1), strict=True):
        np.testing.assert_array_equal(array, again)


def test_what_goes_wrong_in_a_process_of_its_own_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx")
    source = OnnxSource(read_onnx_file(path))
    with pytest.raises(DarkcspError, match=r"ONNX Runtime .* has no engine 'steam'"):
        try_apart(source, Candidate("onnxruntime", "steam"), None)
    os.unlink(path)
    with pytest.raises(DarkcspError, match=r"x\.onnx: cannot be read: No such file"):
        try_apart(source, ORT, None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(WorkerError, match="python cannot be started: No such file"):
        try_apart(source, ORT, None)
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(WorkerError, match="Python does not know the path of its own interpreter"):
        try_apart(source, ORT, None)
