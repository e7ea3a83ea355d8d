"""Workers answer over their pipes, and say why where they cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from darkcsp.benchmark.process import Job, Worker, WorkerError
from tests.benchmark.workers import job

LIMIT = 60.0


def test_a_worker_opens_and_runs_round_by_round() -> None:
    with Worker(job(name="stub/fast", sleep=0.002), LIMIT) as worker:
        assert worker.open() == "stub/fast"
        times = worker.run(0.0, 4)
        assert len(times) == 4 and all(seconds >= 0.002 for seconds in times)
        assert len(worker.run(0.0, 2, "cpu")) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"refuse": "no such model\nsecond line"}, "no such model"),
        ({"output": float("nan")}, "output 0 has values that are infinite or no numbers"),
        ({"output": float("inf")}, "output 0 has values that are infinite or no numbers"),
        ({"dies_at": 1}, "its process ended with exit code 3: out of luck"),
        ({"fails_at": 1}, "second thoughts"),
    ],
)
def test_why_a_worker_cannot_be_made_ready(options: dict[str, object], message: str) -> None:
    with Worker(job(**options), LIMIT) as worker, pytest.raises(WorkerError) as caught:
        worker.open()
    assert str(caught.value) == message


def test_a_worker_that_gives_no_answer_is_given_up() -> None:
    with Worker(job(sleep=60.0), 0.5) as worker, pytest.raises(WorkerError, match=r"no answer within 0\.5 seconds"):
        worker.open()


def test_a_command_that_does_not_exist() -> None:
    with pytest.raises(WorkerError, match=r"^/nowhere/python cannot be started: No such file or directory$"):
        Worker(Job(("/nowhere/python",)), LIMIT)


def test_the_process_ends_with_the_worker() -> None:
    with Worker(job(), LIMIT) as worker:
        worker.open()
        process = worker._process
    assert process.poll() is not None


def test_another_interpreter_needs_nothing_but_numpy_to_be_a_worker() -> None:
    code = "import sys, darkcsp.benchmark.serving; print(*{name.split('.')[0] for name in sys.modules})"
    root = Path(__file__).resolve().parents[2]
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert {"cv2", "torch", "onnx", "onnxruntime", "rich", "click"} & set(found.stdout.split()) == set()
