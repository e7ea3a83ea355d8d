"""`darkcsp run` on small networks."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from darkcsp.cli.main import cli
from darkcsp.detect import Detector
from darkcsp.media import read_picture, write_picture
from darkcsp.to_onnx import convert
from tests.networks import CLASSIFIER, DETECTOR, write_files


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["run", *map(str, arguments)])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a.png", "sub/b.png"):
        write_picture(folder / name, rng.integers(0, 256, (40, 60, 3), np.uint8))
    return folder


@pytest.fixture
def detector(tmp_path: Path) -> list[object]:
    cfg, weights = write_files(tmp_path, DETECTOR)
    return ["--cfg", cfg, "--weights", weights, "--threshold", 0.2]


def test_pictures_lines_and_json(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "x.json"
    result = _run(pictures, *detector, "-o", out, "--json", report)
    assert result.exit_code == 0, result.output
    expected = Detector(cfg=detector[1], weights=detector[3], threshold=0.2)  # type: ignore[arg-type]
    entries = json.loads(report.read_text())
    assert [entry["file"] for entry in entries] == [(pictures / name).as_posix() for name in ("a.png", "sub/b.png")]
    for entry, line, name in zip(entries, result.stdout.splitlines(), ("a.png", "sub/b.png"), strict=True):
        image = read_picture(pictures / name)
        found = expected(image)
        assert len(found)
        assert entry["detections"] == found.to_dict()["detections"]
        assert (entry["width"], entry["height"]) == (60, 40)
        listed = ", ".join(f"{a} {b:.2f}" for a, b in zip(found.names, found.confidence, strict=True))
        assert line == f"{pictures / name}: {listed}"
        np.testing.assert_array_equal(read_picture(out / name), found.draw(image))
    assert result.stderr == ""


def test_json_to_standard_output_is_alone_there(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    result = _run(pictures, *detector, "-o", tmp_path / "out", "--json", "-")
    assert len(json.loads(result.stdout)) == 2
    assert len(result.stderr.splitlines()) == 2


def test_the_output_folder_is_detections(
    detector: list[object], pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures)
    for _ in range(2):  # the second time, the first one's pictures are not looked at
        result = _run(".", *detector, "--quiet")
        assert (result.exit_code, result.output) == (0, "")
    out = pictures / "detections"
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    assert found == ["a.png", "sub/b.png"]


@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_backends(backend: str, detector: list[object], pictures: Path, tmp_path: Path) -> None:
    results = [
        _run(pictures, *detector, "-o", tmp_path / "out", "--backend", name, "--threads", 1, "--size", "64x32")
        for name in ("opencv", backend)
    ]
    assert [result.exit_code for result in results] == [0, 0]
    assert results[0].stdout == results[1].stdout


def test_a_model_with_names(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    model = convert(str(detector[1]), str(detector[3]), names=["cat", "dog"])
    result = _run(
        pictures / "a.png", "--model", model, "--threshold", 0.2, "-o", tmp_path / "out", "--engine", "classic"
    )
    assert "cat" in result.stdout
    names = tmp_path / "x.names"
    names.write_text("käse\n")
    result = _run(pictures / "a.png", "--model", model, "--threshold", 0.2, "-o", tmp_path / "out", "--names", names)
    assert "käse" in result.stdout
    assert "cat" not in result.stdout


def test_nothing_found(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    result = _run(pictures / "a.png", *detector[:4], "--threshold", 1, "-o", tmp_path / "out")
    assert result.stdout == f"{pictures / 'a.png'}: nothing\n"


def test_a_classifier_prints_the_top_five(pictures: Path, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    result = _run(pictures, "--cfg", cfg, "--weights", weights, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 0
    assert [len(line.split(": ")[1].split(", ")) for line in result.stdout.splitlines()] == [5, 5]
    assert not (tmp_path / "out").exists()
    (first, _) = json.loads((tmp_path / "x.json").read_text())
    assert sum(item["probability"] for item in first["classes"]) == pytest.approx(1, abs=1e-4)


def test_some_pictures_cannot_be_read(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    (pictures / "broken.png").write_bytes(b"no picture")
    result = _run(pictures, *detector, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 1
    assert result.stderr == f"{pictures / 'broken.png'}: is no picture that OpenCV can read\n"
    assert len(result.stdout.splitlines()) == len(json.loads((tmp_path / "x.json").read_text())) == 2


def test_no_picture_can_be_read(detector: list[object], tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    result = _run(tmp_path / "broken.png", *detector, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "no picture could be read"
    assert not (tmp_path / "x.json").exists()


def test_the_picture_itself_is_not_written_over(detector: list[object], pictures: Path) -> None:
    before = (pictures / "a.png").read_bytes()
    result = _run(pictures / "a.png", *detector, "-o", pictures)
    assert result.exit_code == 2
    assert "a.png: is a picture to look at" in result.stderr
    assert (pictures / "a.png").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.png"], "none.png: there is no such file or folder"),
        (["a.png", "--cfg", "x.cfg"], "x.cfg: weights must be given"),
        (["a.png", "--model", "none.onnx"], "none.onnx: cannot be read: No such file or directory"),
        (["a.png", "--model", "x.onnx", "--size", "64"], "x.onnx: takes pictures of 32x32, not 64x64; the size of"),
        (["a.png", "--model", "x.onnx", "--engine", "steam"], "has no engine 'steam'; it offers auto"),
        (["a.png", "--model", "x.onnx", "--names", "none.names"], "none.names: cannot be read: No such file"),
        (["a.png", "--model", "x.onnx", "--json", "no/x.json"], "no/x.json: there is no folder no"),
        (["a.png", "--model", "raw.onnx"], "raw.onnx: its output has the form 'raw', a detector needs 'decoded'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures)
    files = write_files(pictures, DETECTOR)
    convert(*files, "x.onnx")
    convert(*files, "raw.onnx", head="raw")
    result = _run(*arguments)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert message in line


def test_options_are_checked() -> None:
    for arguments in (["--threshold", 2], ["--backend", "caffe"], ["--threads", 0], ["--size", "x"]):
        assert _run("a.png", *arguments).exit_code == 2
    assert _run().exit_code == 2
    assert "INPUT..." in _run("--help").stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo terminals")
def test_lines_stand_above_the_bar_on_a_terminal(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    leader, follower = os.openpty()
    command = [sys.executable, "-c", "from darkcsp.cli.main import main; main()", "run", pictures, *detector]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen(
        [str(part) for part in [*command, "-o", tmp_path / "out"]], stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(leader, 4096):
                shown += part
    os.close(leader)
    assert process.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r", "\n").splitlines()
    assert [line.split(": ")[0] for line in lines if "png: " in line] == [
        str(pictures / "a.png"),
        str(pictures / "sub" / "b.png"),
    ]
    assert any(line.startswith("pictures ") for line in lines)
