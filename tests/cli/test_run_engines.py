"""`darkcsp run --backend --engine`: what is offered, what is measured, what is told."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from darkcsp.media import write_picture
from darkcsp.modelfile.protobuf import message
from darkcsp.runtimes import BACKENDS, engines_of
from darkcsp.runtimes.backends import is_installed
from darkcsp.runtimes.choice import contained, fastest, later
from darkcsp.to_onnx import convert
from tests.cli.invoking import run_command
from tests.media.films import write_film
from tests.networks import DETECTOR, write_files

ENGINES = [(backend, engine) for backend in BACKENDS if is_installed(backend) for engine in engines_of(backend)]


@pytest.fixture
def run(tmp_path: Path) -> list[object]:
    cfg, weights = write_files(tmp_path, DETECTOR)
    names, picture = tmp_path / "names.txt", tmp_path / "a.png"
    names.write_text("circle\nsquare\n")
    write_picture(picture, np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8))
    return ["run", picture, "--cfg", cfg, "--weights", weights, "--threshold", 0.2, "--no-draw", "--names", names]


def _notes(result: Result) -> list[str]:
    """Lines of standard error, without the last, which says what the run came to."""
    *notes, summary = result.stderr.splitlines()
    assert " in " in summary and " s" in summary
    return notes


@pytest.mark.parametrize(("backend", "engine"), [pair for pair in ENGINES if pair != ("torch", "compile")])
def test_every_engine_can_be_asked_for(backend: str, engine: str, run: list[object]) -> None:
    result = run_command(*run, "--backend", backend, "--engine", engine)
    assert result.exit_code == 0, result.output
    assert _notes(result) == []
    assert result.stdout.startswith(f"{run[1]}: ")
    if engine != "bf16":
        assert result.stdout == run_command(*run, "--backend", "onnxruntime").stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--backend", "onnxruntime", "--engine", "steam"], "has no engine 'steam'; it offers auto, default"),
        (["--backend", "auto", "--engine", "new"], "engine='new' needs a named backend"),
        (["--backend", "caffe"], "'caffe' is not one of 'auto', 'onnxruntime', 'openvino', 'opencv', 'torch'"),
    ],
)
def test_what_is_not_offered(options: list[str], message: str, run: list[object]) -> None:
    result = run_command(*run, *options)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("backend", ["opencv", "auto"])
def test_a_choice_is_told_once(
    backend: str, run: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines are measured when there is more to do than was foreseen, and then remembered."""
    if backend == "opencv" and len(engines_of("opencv")) < 2:
        pytest.skip("this OpenCV has one engine, which is not measured")
    monkeypatch.delenv("DARKCSP_MEASURE")
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(later, "SECONDS", 0.0)
    monkeypatch.setattr(later, "RUNS", 1)
    run[1] = write_film(tmp_path / "film.avi", 3)
    first, second = (run_command(*run, "--backend", backend, "--threads", 1) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    (note,) = _notes(first)
    assert note.startswith(f"{run[3]}: ") and " is used, measured at " in note
    assert _notes(second) == []
    assert first.stdout == second.stdout
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "other"))
    quiet = run_command(*run, "--backend", backend, "--threads", 1, "--quiet")
    assert (quiet.exit_code, quiet.stderr, quiet.stdout) == (0, "", "")
    assert list((tmp_path / "other").rglob("*.json"))


def test_a_few_pictures_are_not_kept_waiting(
    run: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DARKCSP_MEASURE")
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fastest, "look", lambda *_: pytest.fail("measured"))
    assert run_command(*run).exit_code == 0
    assert not (tmp_path / "cache").exists()


def test_devices_that_are_not_there_are_refused_by_name(run: list[object]) -> None:
    for backend, title in (("opencv", "OpenCV"), ("onnxruntime", "ONNX Runtime")):
        result = run_command(*run, "--backend", backend, "--device", "quantum")
        assert (result.exit_code, result.stderr) == (
            2,
            f"device 'quantum' is not available here: {title} runs on cpu\n",
        )


def test_trust_opens_a_foreign_file_without_a_trial(
    run: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = convert(tmp_path / "x.cfg", tmp_path / "x.weights", tmp_path / "x.onnx")
    model.write_bytes(model.read_bytes() + message(14, message(1, b"by") + message(2, b"another program")))
    crash = (sys.executable, "-c", "import os; os._exit(7)")
    monkeypatch.setattr(contained, "module_command", lambda module: crash)
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    arguments = ["run", run[1], "--model", model, "--backend", "onnxruntime", "--no-draw"]
    refused = run_command(*arguments)
    assert refused.exit_code == 2
    assert "onnxruntime/default crashed on this file (exit code 7), which is not as darkcsp wrote it" in refused.stderr
    assert run_command(*arguments, "--trust").exit_code == 0
