from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import onnx
import pytest

from darkcsp.modelfile.reading import read_onnx_file
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, POOLING, write_files

invoke = partial(run_command, "convert")


def test_it_writes_beside_the_weights(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{tmp_path}/x.onnx: ")
    onnx.checker.check_model(onnx.load(tmp_path / "x.onnx"), full_check=True)


def test_options_reach_the_model(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    (tmp_path / "x.names").write_text("cat\ndog\n")
    out = tmp_path / "out.onnx"
    result = invoke(
        cfg, weights, "-o", out, "--head", "raw", "--batch", "dynamic", "--size", "64", "--taps", "0",
        "--names", tmp_path / "x.names",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    model = onnx.load(out)
    assert [output.name for output in model.graph.output] == ["L004_convolutional", "L009_convolutional", "layer_000"]
    dims = model.graph.input[0].type.tensor_type.shape.dim
    assert (dims[0].dim_param, [dim.dim_value for dim in dims[1:]]) == ("batch", [3, 64, 64])
    assert {item.key: item.value for item in model.metadata_props}["darkcsp.names"] == '["cat", "dog"]'


def test_batch_and_size_may_be_dynamic(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights, "--batch", "dynamic", "--size", "dynamic")
    assert result.exit_code == 0, result.output
    dims = onnx.load(tmp_path / "x.onnx").graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_param or dim.dim_value for dim in dims] == ["batch", 3, "height", "width"]
    for options, message in (
        (["--size", "dynamic", "--target", "opencv-classic"], "size='dynamic': OpenCV 5's classic engine needs a size"),
        (["--size", "any"], "'any' is not a size such as 416x416"),
    ):
        refused = invoke(cfg, weights, *options)
        assert (refused.exit_code, message in refused.stderr) == (2, True), refused.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "0"], "is not a size such as 416x416"),
        (["--batch", "none"], "neither a positive number nor 'dynamic'"),
        (["--without", "speed"], "without='speed': expected one of fold-batchnorm, "),
        (["--taps", "a"], "neither 'all' nor a list of layer numbers"),
        (["--taps", "99"], "taps"),
        (["--names", "nowhere.names"], "nowhere.names: cannot be read"),
        (["-o", "nowhere/x.onnx"], "nowhere/x.onnx: cannot be written"),
    ],
)
def test_bad_options_are_told_with_exit_code_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.glob("*.onnx"))


def test_weights_of_another_cfg_are_one_line(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    weights.write_bytes(weights.read_bytes()[:-40])
    result = invoke(cfg, weights)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "ends within layer 9" in result.stderr


def test_strict_refuses_what_darknet_ignores(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR.replace("stride=2\npad=1", "stride=2#\npad=1"))
    assert invoke(cfg, weights).exit_code == 0
    result = invoke(cfg, weights, "--strict")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("more", [(), ("--precision", "fp16")])
def test_semantics_are_in_the_file_and_where_they_differ_is_told(more: tuple[str, ...], tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, POOLING)
    out = tmp_path / "x.onnx"
    sides = [("cpu", "where the network was trained", "trained"), ("trained", "on a CPU", "cpu")]
    for semantics, where, other in sides:
        result = invoke(cfg, weights, "-o", out, "--semantics", semantics, "--strict", *more)
        assert result.exit_code == 0, result.output
        line = f"{cfg}: layers 1, 2 [maxpool] compute differently {where} (--semantics {other})\n"
        assert result.stderr == line
        assert read_onnx_file(out).properties["darkcsp.semantics"] == semantics
        pools = sum(node.op_type == "MaxPool" for node in onnx.load(out).graph.node)
        assert pools == (2 if semantics == "trained" else 4)


def test_the_console_script(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    script = Path(sys.executable).with_name("darkcsp")
    result = subprocess.run([script, "convert", cfg, weights], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    failed = subprocess.run([script, "convert", weights, cfg], capture_output=True, text=True)
    assert failed.returncode == 2
    assert "are cfg and weights swapped" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "0.1.0" in subprocess.run([script, "--version"], capture_output=True, text=True).stdout


def test_input_passes_and_final_boxes_reach_the_model(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(
        cfg, weights, "--head", "nms", "--threshold", "0.4", "--nms", "0.3", "--input", "uint8", "--target", "opencv",
        "--without", "fold-batchnorm", "--max-detections", "50", "--agnostic", "--one-class-per-box",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    model = onnx.load(tmp_path / "x.onnx")
    onnx.checker.check_model(model, full_check=True)
    (images,), (boxes,) = model.graph.input, model.graph.output
    assert images.type.tensor_type.elem_type == onnx.TensorProto.UINT8
    assert [dim.dim_value for dim in images.type.tensor_type.shape.dim] == [1, 32, 32, 3]
    assert (boxes.name, boxes.type.tensor_type.shape.dim[1].dim_value) == ("boxes", 7)
    metadata = {item.key: item.value for item in model.metadata_props}
    assert (metadata["darkcsp.head"], metadata["darkcsp.input_type"]) == ("nms", "uint8")
    assert json.loads(metadata["darkcsp.suppression"]) == {
        "threshold": 0.4, "nms": 0.3, "max_detections": 50, "agnostic": True, "one_class_per_box": True,
    }  # fmt: skip
    assert any(node.name == "L000_convolutional/Mul" for node in model.graph.node)


def test_names_of_a_data_file(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    (tmp_path / "x.names").write_text("cat\ndog\n")
    data = tmp_path / "x.data"
    data.write_text("names = x.names\n")
    assert invoke(cfg, weights, "--data", data).exit_code == 0
    metadata = {item.key: item.value for item in onnx.load(tmp_path / "x.onnx").metadata_props}
    assert json.loads(metadata["darkcsp.names"]) == ["cat", "dog"]
    result = invoke(cfg, weights, "--data", data, "--names", tmp_path / "x.names")
    assert result.exit_code == 2
    assert "--names and --data both set the class names" in result.stderr
    result = invoke(cfg, weights, "--data", data, "-o", tmp_path / "x.names")
    assert result.exit_code == 2
    assert "so it cannot be --output as well" in result.stderr
    (tmp_path / "x.names").write_text("cat\n")
    result = invoke(cfg, weights, "--data", data)
    assert (result.exit_code, result.stderr) == (
        0, f"{cfg}: has 2 classes, but names for 1; are they the ones it was trained with?\n",
    )  # fmt: skip


def test_targets_differ_and_all_passes_can_be_left_out(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    operators = {}
    for arguments in (
        ["--target", "opencv"],
        ["--target", "opencv-classic"],
        ["--target", "opencv", "--without", "all"],
    ):
        assert invoke(cfg, weights, *arguments).exit_code == 0
        model = onnx.load(tmp_path / "x.onnx")
        operators[arguments[-1]] = [node.op_type for node in model.graph.node].count("MatMul")
    assert operators == {"opencv": 1, "opencv-classic": 2, "all": 0}
