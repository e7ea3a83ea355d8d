"""scripts/check_threads finds answers that are wrong, and scripts/bench_threads counts right ones."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp import Detector
from darkcsp.arrays import Array
from darkcsp.errors import ModelError
from darkcsp.runtimes.runtime import Pixels
from scripts.threads import bench, check
from scripts.threads.asking import ask
from scripts.threads.detectors import Way
from tests.detect.stub import Stub, detector_stub
from tests.networks import DETECTOR, write_files

SMALL = ["--backend", "onnxruntime", "--threads", "2"]


def test_answers_are_judged() -> None:
    one = [np.array([1, 2, 3], np.float32)]
    assert check.judge(one, one) == "equal"
    assert check.judge(one, [one[0] + np.float32(3e-6)]) == "rounded"
    assert check.judge(one, [one[0] + np.float32(3e-4)]) == "wrong"
    assert check.judge(one, [one[0][:2]]) == check.judge(one, []) == "wrong"


class Forgetful(Stub):
    """Gives something else from the twentieth run on, then nothing."""

    def run(self, batch: Pixels) -> list[Array]:
        super().run(batch)
        if len(self.given) > 30:
            raise ModelError(self.path, "is tired")
        return [np.repeat(self.output[None] + np.float32(len(self.given) >= 20), len(batch), 0)]


def test_wrong_answers_and_errors_are_counted() -> None:
    stub = detector_stub([[0.5, 0.5, 0.1, 0.1, 1, 1, 0]])
    detector = Detector(Forgetful(stub.metadata, stub.output))
    verdict = check.compare(detector, threads=1, requests=30)
    assert (verdict.equal, verdict.wrong, verdict.failed, verdict.error) == (9, 11, 10, "stub.onnx: is tired")
    assert not verdict.is_right
    assert "| 1 | 30 | 9 | 0 | 11 | 10 |" in check.row(Way("stub", "x", 1), verdict)


def test_every_request_is_made_once_and_errors_come_out() -> None:
    done: list[int] = []
    assert ask(3, 50, done.append) > 0
    assert sorted(done) == list(range(50))
    with pytest.raises(ZeroDivisionError):
        ask(2, 1, lambda number: 1 // number)


def test_both_print_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    network = [*SMALL, "--cfg", str(cfg)]
    monkeypatch.setattr(sys, "argv", ["check_threads", *network, "--requests", "12", "--workers", "1", "2"])
    with pytest.raises(SystemExit) as ended:
        check.main()
    assert ended.value.code == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[:7] for row in rows[2:]] == [
        ["| onnxruntime/default", workers, "12", "12", "0", "0", "0"] for workers in "12"
    ]
    monkeypatch.setattr(
        sys, "argv", ["bench_threads", *network, "--workers", "1", "--seconds", "0.01", "--rounds", "1"]
    )
    bench.main()
    assert len(capsys.readouterr().out.splitlines()) == 3
