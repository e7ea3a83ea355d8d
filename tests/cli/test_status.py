"""What commands show while they work, and where they show nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import darkcsp.cli.status as status
from darkcsp.progress import counted, logger, step
from scripts.places import ROOT
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, write_files


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


@pytest.mark.parametrize("terminal", [True, False])
def test_the_line_is_on_a_terminal_only(terminal: bool, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    command = [sys.executable, "-m", "darkcsp", "convert", str(cfg), str(weights), "-o", str(tmp_path / "x.onnx")]
    ours, theirs = pty.openpty()
    error = theirs if terminal else subprocess.PIPE
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=error,
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"},
        check=True,
    )
    os.close(theirs)
    assert done.stdout == f"{tmp_path / 'x.onnx'}: 0.0 MB\n".encode()
    if terminal:
        assert b"writing x.onnx" in os.read(ours, 10_000)
    else:
        assert done.stderr == b""
    os.close(ours)
