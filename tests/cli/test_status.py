"""What commands show while they work, and where they show nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from darkcsp.cli import progress, status
from darkcsp.progress import counted, logger, step
from scripts.places import ROOT
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, write_files

COLOURED = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What the line shows, as on a terminal."""
    texts: list[str] = []

    class Line(status._Line):
        def emit(self, record: object) -> None:
            texts.append(record.getMessage())  # type: ignore[attr-defined]

    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(status, "_Line", Line)
    monkeypatch.setattr(status, "shows_progress", lambda quiet: not quiet)
    monkeypatch.setattr(progress, "shows_progress", lambda quiet: False)
    return texts


def _picture(folder: Path) -> Path:
    folder.mkdir()
    for number in range(2):
        noise = np.random.default_rng(number).integers(0, 256, (40, 50, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), noise)
    return folder


def test_convert_says_what_it_reads_and_writes(shown: list[str], tmp_path: Path) -> None:
    files = write_files(tmp_path, DETECTOR)
    assert run_command("convert", *files, "-o", tmp_path / "x.onnx").exit_code == 0
    assert shown == ["reading x.weights", "writing x.onnx"]
    shown.clear()
    assert run_command("convert", *files, "-o", tmp_path / "x.onnx", "--quiet").exit_code == 0
    assert shown == []


def test_calibration_counts_pictures_in_every_pass(shown: list[str], tmp_path: Path) -> None:
    files, pictures = write_files(tmp_path, DETECTOR), _picture(tmp_path / "pictures")
    options = ("--precision", "int8", "--calibration", pictures)
    result = run_command("convert", *files, "-o", tmp_path / "x.onnx", *options)
    assert result.exit_code == 0, result.output
    for stage in ("reading picture", "calibrating: picture", "comparing with float32: picture"):
        assert {f"{stage} 1 of 2", f"{stage} 2 of 2"} <= set(shown)
    assert shown[-1] == "writing x.onnx"


def test_info_paper_run_and_bench(shown: list[str], tmp_path: Path) -> None:
    files, pictures = write_files(tmp_path, DETECTOR), _picture(tmp_path / "pictures")
    brief = ("--backend", "onnxruntime", "--engine", "auto", "--rounds", "1", "--seconds", "0", "--threads", "1")
    for command, expected in (
        (("info", *files), "reading x.weights"),
        (("paper", "table-5"), "table-5: row 1 of 10"),
        (("run", pictures, "--backend", "onnxruntime", "-o", tmp_path / "out"), "opening digits.cfg with onnxruntime/"),
        (("bench", *files, *brief), "starting 1 of 2"),
    ):
        shown.clear()
        assert run_command(*command).exit_code == 0
        assert any(text.startswith(expected) for text in shown), (command, shown)
        shown.clear()
        assert run_command(*command, "--quiet").exit_code == 0
        assert shown == []


def test_nothing_is_shown_when_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    with status.status_line():
        step("nothing")
        assert list(counted(["a", "b"], "item")) == ["a", "b"]
    assert capsys.readouterr() == ("", "")
    assert not logger.handlers


def _on_terminal(*arguments: str) -> bytes:
    """Run Python with a terminal as standard error; return what that shows."""
    shown = b""
    ours, theirs = pty.openpty()
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=ROOT, stderr=theirs, stdout=subprocess.DEVNULL, env=COLOURED, check=True)
    os.close(theirs)
    with open(ours, "rb", buffering=0) as terminal, suppress(OSError):  # Linux has no end of file for a terminal
        while True:
            shown += terminal.read(100_000)
    return shown


def test_the_line_is_on_a_terminal_only(tmp_path: Path) -> None:
    files = [str(path) for path in write_files(tmp_path, DETECTOR)]
    command = ("-m", "darkcsp", "convert", *files, "-o", str(tmp_path / "x.onnx"))
    assert b"writing x.onnx" in _on_terminal(*command)
    assert _on_terminal(*command, "--quiet") == b""
    piped = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, env=COLOURED, check=True)
    assert (piped.stdout, piped.stderr) == (f"{tmp_path / 'x.onnx'}: 0.0 MB\n".encode(), b"")


TELLING = """
import time
from darkcsp.cli.status import status_line
from darkcsp.cli.telling import tell
from darkcsp.progress import step
with status_line():
    step("working")
    time.sleep(0.3)  # it is drawn by another thread
    tell("x.cfg: a note")
"""


def test_what_is_told_meanwhile_stands_in_a_line_of_its_own() -> None:
    before, _, after = _on_terminal("-c", TELLING).partition(b"x.cfg: a note")
    assert before.rpartition(b"working")[2].endswith(b"\x1b[2K") and after.startswith(b"\r\n")
