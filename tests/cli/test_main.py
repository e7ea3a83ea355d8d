"""What can go wrong around a command: each a row, each one line and an exit code that is meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.media import write_picture
from darkcsp.to_onnx import convert
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, write_files

posix = pytest.mark.skipif(os.name == "nt", reason="has no such devices")

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(darkcsp.__file__).parents[1])}
"""Of processes that run what is tested, whatever is installed."""

RUN = "run pictures --model x.onnx --threshold 0 --no-draw"
DIGITS = "9" * 5000

WRONG = [
    (["conver", "x.cfg"], "no such command 'conver'; did you mean convert?"),
    (["nothing-like-it"], "no such command 'nothing-like-it'; choose from info, convert, run,"),
    (["run", ""], "is empty, expected a path"),
    ([*RUN.split(), "--batch", DIGITS], "is not a valid integer"),
    ([*RUN.split(), "--batch", "9" * 4000], "is not in the range 1<=x<=65536"),
    ([*RUN.split(), "--threads", "9999999999999"], "is not in the range 1<=x<=1024"),
    ([*RUN.split(), "--size", DIGITS], "is not a size such as 416x416"),
    ([*RUN.split(), "--nms", "nan"], "nan is not a number from 0 to 1"),
    (["convert", "x.cfg", "x.weights", "--batch", DIGITS], "is not a valid integer"),
    (["convert", "x.cfg", "x.weights", "--batch", "²"], "neither a positive number nor 'dynamic'"),
    (["convert", "x.cfg", "x.weights", "--batch", "99999999"], "is not in the range 1<=x<=65536"),
    (["convert", "x.cfg", "x.weights", "--threshold", "nan"], "nan is not a number from 0 to 1"),
    (["convert", "x.cfg", "x.weights", "--taps", DIGITS], "is neither 'all' nor a list of layer numbers"),
    (["bench", "x.onnx", "--threads", "9999999999999"], "is not in the range 1<=x<=1024"),
    (["bench", "x.onnx", "--batch", DIGITS], "is not a valid integer"),
    (["info", "x.cfg", "--size", f"{DIGITS}x1"], "is not a size such as 416x416"),
    (["new", "digits", "--classes", DIGITS], "is not a valid integer"),
    (["new", "digits", "--classes", "9" * 30], "is not in the range"),
    (["new", "digits", "--size", "9" * 30], "is not in the range"),
]

WRITERS = {
    "convert": "convert x.cfg x.weights -o out",
    "fp16": "convert x.cfg x.weights --precision fp16 -o out --report report",
    "new": "new yolov3 -o out",
    "run --json": f"{RUN} --json out",
    "run --jsonl": f"{RUN} --jsonl out",
    "run --csv": f"{RUN} --csv out",
    "run --coco": f"{RUN} -q --coco out",
    "run --yolo": f"{RUN} --yolo labels",
    "run --voc": f"{RUN} --voc labels",
    "run -o": "run pictures --model x.onnx --threshold 0 -o drawn",
    "bench": "bench x.onnx --backend onnxruntime --rounds 1 --seconds 0 --json out --csv report",
}
PRINTERS = {
    "info": "info x.cfg",
    "info --json": "info x.cfg --json",
    "zoo": "zoo",
    "paper": "paper",
    "new": "new yolov3",
    "run": f"{RUN} --json out",
    "run --jsonl -": f"{RUN} -q --jsonl -",
    "run --json -": f"{RUN} -q --json -",
    "run --csv -": f"{RUN} -q --csv -",
    "--help": "--help",
    "convert --help": "convert --help",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    convert(*write_files(folder, DETECTOR), folder / "x.onnx")
    (folder / "pictures").mkdir()
    for number in range(3):
        write_picture(folder / f"pictures/{number}.png", np.full((32, 32, 3), number, np.uint8))
    return folder


@pytest.fixture
def folder(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("x.cfg", "x.weights", "x.onnx", "pictures"):
        (tmp_path / name).symlink_to(files / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _shell(command: str, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    line = f"{before} {sys.executable} -m darkcsp {command} {after}"
    found = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=ENVIRONMENT)
    assert "Traceback" not in found.stderr, found.stderr
    assert "Exception ignored" not in found.stderr, found.stderr
    return found


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_makes_no_sense(folder: Path, arguments: list[str], message: str) -> None:
    result = run_command(*arguments)
    assert result.exit_code == 2, result.exception
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@posix
@pytest.mark.parametrize("command", WRITERS)
def test_a_limit_of_file_sizes_leaves_the_old_file(folder: Path, command: str) -> None:
    for name in ("out", "report"):
        Path(name).write_text("old")
    found = _shell(WRITERS[command], before="ulimit -f 0;")
    assert found.returncode == 2, found
    assert len(found.stderr.splitlines()) == 1, found.stderr
    assert ("No usable temporary directory" if command == "bench" else "written: File too large") in found.stderr
    assert Path("out").read_text() == Path("report").read_text() == "old"
    assert not list(folder.rglob("*darkcsp-*"))


@posix
@pytest.mark.parametrize("command", PRINTERS)
@pytest.mark.parametrize("output", ["/dev/full", "closed"])
def test_standard_output_that_cannot_be_written(folder: Path, command: str, output: str) -> None:
    Path("out").write_text("old")
    found = _shell(PRINTERS[command], after=">&-" if output == "closed" else ">/dev/full")
    assert found.returncode == 2, found
    why = "is closed" if output == "closed" else "cannot be written: No space left on device"
    assert found.stderr.splitlines()[-1:] == [f"standard output: {why}"]
    assert Path("out").read_text() == "old"
    assert not list(folder.rglob("*darkcsp-*"))


@posix
@pytest.mark.parametrize("command", PRINTERS)
def test_output_that_nobody_reads_ends_quietly(folder: Path, command: str) -> None:
    found = _shell(PRINTERS[command], before="set -o pipefail;", after="| true")
    assert found.returncode == 0, found
    assert "rror" not in found.stderr and "ipe" not in found.stderr
    assert _shell(PRINTERS[command], before="set -o pipefail;", after="| head -1").returncode == 0


@posix
def test_what_is_done_by_then_is_written(folder: Path) -> None:
    _shell(f"{RUN} --json out", after="| true")
    assert len(json.loads(Path("out").read_text())) >= 1


@posix
def test_a_device_takes_output(folder: Path) -> None:
    Path("stdout").symlink_to("/proc/self/fd/1")
    Path("full").symlink_to("/dev/full")  # a link of its own: should it be replaced, nobody misses it
    for option in ("--json", "--jsonl", "--csv", "--coco"):
        assert _shell(f"{RUN} -q {option} stdout", after="| cat").stdout
        found = _shell(f"{RUN} -q {option} full")
        assert found.returncode == 2
        assert found.stderr.startswith("full: cannot be written: No space left on device")
    assert Path("stdout").is_symlink() and Path("full").is_symlink()


@posix
def test_closed_streams_are_no_files(folder: Path) -> None:
    found = _shell("convert x.cfg x.weights -o out", after="<&- 2>&-")
    assert found.returncode == 0
    assert Path("out").read_bytes() == Path("x.onnx").read_bytes()


@pytest.mark.parametrize(
    ("library", "command", "distribution"),
    [
        ("onnx", "convert x.cfg x.weights -o out", "onnx"),
        ("numpy", "convert x.cfg x.weights -o out", "numpy"),
        ("numpy", "info x.cfg x.weights", "numpy"),
        ("numpy", RUN, "numpy"),
        ("rich", RUN, "rich"),
        ("rich", "paper", "rich"),
        ("cv2", RUN, "opencv-python"),
        ("onnx", "bench x.cfg", "onnx"),
    ],
)
def test_a_missing_library_is_named(folder: Path, library: str, command: str, distribution: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; from darkcsp.__main__ import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", script, *command.split()], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert found.returncode == 2, found
    assert len(found.stderr.splitlines()) == 1, found.stderr
    assert f"pip install {distribution}" in found.stderr
    assert not Path("out").exists()


@posix
@pytest.mark.parametrize("milliseconds", [1, 5, 10, 20, 40, 60, 80, 100])
def test_an_interruption_while_modules_are_imported(folder: Path, milliseconds: int) -> None:
    script = (
        "import os, signal\nfrom darkcsp.__main__ import main\n"
        "signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))\n"
        f"signal.setitimer(signal.ITIMER_REAL, {milliseconds / 1000})\n"
        "main()\n"
    )
    command = [sys.executable, "-c", script, *RUN.split(), "--json", "out"]
    found = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert (found.returncode, found.stderr) == (130, "interrupted\n")
    assert not list(folder.rglob("*darkcsp-*"))
