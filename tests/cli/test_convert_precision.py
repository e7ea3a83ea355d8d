from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import onnx
import pytest

from tests.cli.invoking import run_command
from tests.networks import DETECTOR, write_files
from tests.precision.pictures import CFG, EXAMPLES, WEIGHTS

invoke = partial(run_command, "convert")


def test_int8_tells_what_it_costs(tmp_path: Path) -> None:
    out, told = tmp_path / "x.onnx", tmp_path / "x.json"
    result = invoke(CFG, WEIGHTS, "-o", out, "--precision", "int8", "--calibration", EXAMPLES, "--report", told)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith(
        f"{out}: int8, activations uint8, weights int8 by channel, ranges (minmax) of 4 pictures;"
    )
    assert lines[1] == "compared with float32 on onnxruntime/default:"
    assert "of 29 detections in 4 pictures stay" in lines[2]
    report = json.loads(told.read_text())
    assert (report["precision"], report["cost"]["kind"], report["cost"]["wanted"]) == ("int8", "detector", 29)
    assert report["bytes_after"] == out.stat().st_size
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(out).graph.node}


@pytest.mark.parametrize("measured", [True, False])
def test_an_int8_file_for_no_target_runs_right_on_the_default_backend(
    measured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, found, told = tmp_path / "x.onnx", tmp_path / "x.jsonl", tmp_path / "told.json"
    if measured:
        monkeypatch.delenv("DARKCSP_MEASURE")
        monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    done = invoke(CFG, WEIGHTS, "-o", out, "--precision", "int8", "--calibration", EXAMPLES, "--report", told)
    assert done.exit_code == 0, done.output
    promised = json.loads(told.read_text())["cost"]
    result = run_command("run", EXAMPLES, "--model", out, "--no-draw", "--jsonl", found)
    assert result.exit_code == 0, result.output
    detections = [item for line in found.read_text().splitlines() for item in json.loads(line)["detections"]]
    most = promised["lost"] + promised["gained"] + 2
    assert abs(len(detections) - promised["wanted"]) <= most


def test_an_int8_file_that_no_engine_of_the_backend_runs_names_one_that_does(tmp_path: Path) -> None:
    out = tmp_path / "x.onnx"
    done = invoke(CFG, WEIGHTS, "-o", out, "--precision", "int8", "--calibration", EXAMPLES, "--head", "nms")
    assert done.exit_code == 0, done.output
    result = run_command("run", EXAMPLES, "--model", out, "--no-draw")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("use backend 'onnxruntime' (--backend onnxruntime)")
    assert run_command("run", EXAMPLES, "--model", out, "--no-draw", "--backend", "onnxruntime").exit_code == 0


def test_fp16_needs_no_pictures(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights, "--precision", "fp16", "--head", "raw", "--batch", "dynamic")
    assert result.exit_code == 0, result.output
    model = onnx.load(tmp_path / "x.fp16.onnx")
    assert [item.name for item in model.graph.output] == ["L004_convolutional", "L009_convolutional"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--precision", "int8"], "int8 needs calibration pictures"),
        (["--precision", "int8", "--calibration", "nowhere"], "nowhere: no such file or folder"),
        (["--calibration", "."], "need --precision fp16 or int8"),
        (["--report", "x.json"], "need --precision fp16 or int8"),
        (["--precision", "fp8"], "is not one of 'fp32', 'fp16', 'int8'"),
        (["--precision", "fp16", "--report", "nowhere/x.json"], "nowhere/x.json: cannot be written"),
    ],
)
def test_what_cannot_be_is_told_with_exit_code_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_pictures_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    result = invoke(
        CFG, WEIGHTS, "-o", tmp_path / "x.onnx", "--precision", "int8", "--calibration", broken,
        "--calibration", EXAMPLES / "scene_1.jpg",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stderr == f"{broken}: is not a picture that OpenCV can read\n"
    assert "ranges (minmax) of 1 pictures" in result.stdout
