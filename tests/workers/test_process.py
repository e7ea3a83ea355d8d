"""Workers answer over their pipes, and say why where they cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import darkcsp.lazy
from darkcsp.errors import DarkcspError
from darkcsp.workers.process import Job, Worker, WorkerError, module_command
from darkcsp.workers.serving import Turn
from tests.workers.stub import job

LIMIT = 60.0
SHORT = Turn(seconds=0.0, least=4)


def test_a_worker_opens_and_runs_turn_by_turn() -> None:
    with Worker(job(name="stub/fast", sleep=0.002), LIMIT) as worker:
        assert worker.open() == "stub/fast"
        worker.warm_up()
        times = worker.run(SHORT)
        assert len(times) == 4 and all(seconds >= 0.002 for seconds in times)
        assert len(worker.run(Turn(seconds=60.0, least=1, most=5))) == 5


def test_a_worker_hands_over_its_outputs() -> None:
    with Worker(job(output=0.1, outputs=12), LIMIT) as worker:
        worker.open()
        outputs = worker.outputs()
        assert [output.dtype for output in outputs] == [np.dtype(np.float32)] * 12
        np.testing.assert_array_equal(outputs, np.array([[0.1 + number] for number in range(12)], np.float32))
        assert len(worker.run(SHORT)) == 4  # and goes on


def test_the_processor_s_clock_does_not_count_sleep() -> None:
    with Worker(job(sleep=0.05), LIMIT) as worker:
        worker.open()
        assert min(worker.run(Turn(0.0, 3, clock="cpu"))) < 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"refuse": "no such model\nsecond line"}, "no such model"),
        ({"output": float("nan")}, "output 0 has NaN or infinite values"),
        ({"output": float("inf")}, "output 0 has NaN or infinite values"),
        ({"fails_at": 1}, "second thoughts"),
    ],
)
def test_why_a_worker_cannot_be_made_ready(options: dict[str, object], message: str) -> None:
    with Worker(job(**options), LIMIT) as worker, pytest.raises(WorkerError) as caught:
        worker.open()
        worker.warm_up()
    assert str(caught.value) == message
    assert isinstance(caught.value, DarkcspError)
    assert (caught.value.command, caught.value.exit_code, caught.value.limit) == (job().command, None, None)


def test_how_a_process_ended_is_told() -> None:
    with Worker(job(dies_at=1), LIMIT) as worker:
        worker.open()
        with pytest.raises(WorkerError) as caught:
            worker.outputs()
        assert str(caught.value) == "its process ended with exit code 3: out of luck"
        assert caught.value.exit_code == 3
        assert caught.value.stderr.splitlines()[-1] == "out of luck"
        with pytest.raises(WorkerError, match="its process ended with exit code 3"):
            worker.run(SHORT)
    with Worker(Job((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")), LIMIT) as worker:
        with pytest.raises(WorkerError, match=r"^its process ended with signal 9$") as caught:
            worker.open()
        assert caught.value.exit_code == -9


def test_a_worker_that_gives_no_answer_is_given_up() -> None:
    with Worker(job(sleep=60.0), 2.0) as worker, pytest.raises(WorkerError) as caught:
        worker.open()
        worker.warm_up()
    assert str(caught.value) == "did not answer within 2 seconds"
    assert caught.value.limit == 2.0


def test_commands_that_cannot_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerError, match=r"^/nowhere/python cannot be started: No such file or directory$"):
        Worker(Job(("/nowhere/python",)), LIMIT)
    assert module_command(darkcsp.lazy, "x") == (sys.executable, "-m", "darkcsp.lazy", "x")
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(WorkerError, match="Python does not know the path of its own interpreter"):
        module_command(darkcsp.lazy)


def test_the_process_ends_with_the_worker() -> None:
    with Worker(job(), LIMIT) as worker:
        worker.open()
        process = worker._process
        assert worker.pid == process.pid
    assert process.poll() is not None


def test_modules_of_the_folder_where_the_user_stands_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('not this one')")
    monkeypatch.chdir(tmp_path)
    with Worker(job(), LIMIT) as worker:
        assert worker.open() == "stub"


def test_another_interpreter_needs_nothing_but_numpy_to_be_a_worker() -> None:
    code = "import sys, darkcsp.workers.serving; print(*{name.split('.')[0] for name in sys.modules})"
    root = Path(__file__).resolve().parents[2]
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert {"cv2", "torch", "onnx", "onnxruntime", "rich", "click"} & set(found.stdout.split()) == set()
