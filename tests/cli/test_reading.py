"""--dialect, --permissive, --no-limits and --resize on every command that reads a cfg."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from darkcsp.cli.main import COMMANDS
from tests.checkpoint.test_reading import TEXT, save_pt, their_tensors
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, weights_bytes, weights_of, write_files
from tests.single import PICTURE, read_as_theirs, their_conv

READING = ["info", "convert", "run", "bench"]
"""Commands that read cfgs."""


def their_files(folder: Path) -> tuple[Path, Path]:
    cfg, weights = folder / "x.cfg", folder / "x.weights"
    cfg.write_text(TEXT)
    weights.write_bytes(weights_bytes(read_as_theirs(TEXT)))
    return cfg, weights


@pytest.mark.parametrize("command", COMMANDS)
def test_who_has_the_options(command: str) -> None:
    text = run_command(command, "--help").stdout
    assert all(option in text for option in ("--dialect", "--permissive", "--no-limits")) == (command in READING)


def test_info_says_whose_program_it_is(tmp_path: Path) -> None:
    cfg, weights = their_files(tmp_path)
    result = run_command("info", cfg, weights)
    assert result.exit_code == 0, result.stderr
    assert "program     WongKinYiu's PyTorch program" in result.stdout
    assert "[BatchNorm2d] is a section that only WongKinYiu's PyTorch programs know" in result.stderr
    assert "L004_implicit, L005_implicit, like all .weights file" in result.stderr
    quiet = run_command("info", cfg, "--dialect", "wongkinyiu", "--json")
    assert (quiet.stderr, json.loads(quiet.stdout)["dialect"]) == ("", "WongKinYiu")
    older = run_command("info", cfg, "--dialect", "wongkinyiu-u3", "--json")
    assert json.loads(older.stdout)["dialect"] == "WongKinYiu-u3"


def test_info_of_darknets(tmp_path: Path) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    assert "program     AlexeyAB's Darknet, semantics trained" in run_command("info", cfg).stdout
    assert run_command("info", cfg, "--dialect", "darknet").exit_code == 2


def test_convert_reads_weights_and_checkpoints(tmp_path: Path) -> None:
    cfg, weights = their_files(tmp_path)
    result = run_command("convert", cfg, weights, "--dialect", "wongkinyiu")
    assert result.exit_code == 0, result.stderr
    assert "keep their initial values" in result.stderr
    graph = read_as_theirs(TEXT)
    save_pt(their_tensors(graph, weights_of(graph)), tmp_path / "y.pt")
    result = run_command("convert", cfg, tmp_path / "y.pt", "--dialect", "wongkinyiu")
    assert (result.exit_code, result.stderr) == (0, "")
    properties = {item.key: item.value for item in onnx.load(tmp_path / "y.onnx").metadata_props}
    assert properties["darkcsp.resize"] == "wongkinyiu"
    (head,) = json.loads(properties["darkcsp.heads"])
    assert head["nms"] == {"kind": "wongkinyiu", "beta": 0.0, "threshold": 0.4, "overlap": 0.5}


def test_an_unknown_activation_is_an_error_and_relu_to_the_permissive(tmp_path: Path) -> None:
    cfg = tmp_path / "x.cfg"
    cfg.write_text(PICTURE + their_conv(2, activation="silu"))
    strict = run_command("info", cfg, "--dialect", "alexeyab")
    assert strict.exit_code == 2
    assert "silu is swish there: write activation=swish" in strict.stderr
    assert strict.stderr.count("\n") == 1
    assert "uses relu" in run_command("info", cfg, "--dialect", "alexeyab", "--permissive").stderr


def test_resize_is_stated_in_the_model(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    assert run_command("convert", cfg, weights, "--resize", "wongkinyiu").exit_code == 0
    properties = {item.key: item.value for item in onnx.load(tmp_path / "x.onnx").metadata_props}
    assert (properties["darkcsp.resize"], properties["darkcsp.letter_box"]) == ("wongkinyiu", "false")
    assert run_command("convert", cfg, weights, "--resize", "letter_box").exit_code == 0
    properties = {item.key: item.value for item in onnx.load(tmp_path / "x.onnx").metadata_props}
    assert "darkcsp.resize" not in properties
    assert properties["darkcsp.letter_box"] == "true"


def test_run_finds_the_same_from_files_and_from_the_model(tmp_path: Path) -> None:
    cfg, weights = their_files(tmp_path)
    picture = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "x.png"), picture)
    assert run_command("convert", cfg, weights, "--dialect", "wongkinyiu").exit_code == 0
    common = (tmp_path / "x.png", "--no-draw", "--threshold", "0.1", "--backend", "onnxruntime", "--jsonl", "-", "-q")
    from_files = run_command("run", *common, "--cfg", cfg, "--weights", weights, "--dialect", "wongkinyiu")
    from_model = run_command("run", *common, "--model", tmp_path / "x.onnx")
    assert from_files.exit_code == 0, from_files.stderr
    assert json.loads(from_files.stdout)["detections"] == json.loads(from_model.stdout)["detections"] != []


def test_bench_measures_what_the_dialect_says(tmp_path: Path) -> None:
    cfg, weights = their_files(tmp_path)
    options = ("--backend", "onnxruntime", "--rounds", "1", "--seconds", "0", "-q", "--csv", "-")
    assert run_command("bench", cfg, weights, *options, "--dialect", "wongkinyiu").exit_code == 0
    wrong = run_command("bench", cfg, weights, *options, "--dialect", "alexeyab")
    assert wrong.exit_code == 2
    assert "dialect='wongkinyiu' (--dialect wongkinyiu)" in wrong.stderr


def test_limits_hold_in_every_command_and_can_be_lifted(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    cfg.write_text(DETECTOR.replace("filters=14", f"filters={'0' * 1000}14"))
    cv2.imwrite(str(tmp_path / "x.png"), np.zeros((30, 40, 3), np.uint8))
    files = ("--cfg", cfg, "--weights", weights, "--backend", "onnxruntime", "--no-draw", "-q")
    commands: dict[str, tuple[object, ...]] = {
        "info": ("info", cfg),
        "convert": ("convert", cfg, weights),
        "int8": ("convert", cfg, weights, "--precision", "int8", "--calibration", tmp_path / "x.png"),
        "run": ("run", tmp_path / "x.png", *files),
        "bench": ("bench", cfg, weights, "--backend", "onnxruntime", "--rounds", "1", "--seconds", "0", "-q"),
    }
    for command in commands.values():
        refused = run_command(*command)
        assert refused.exit_code == 2
        assert (
            "1,002 characters in a number; at most 1,000 are allowed. Raise the limit with Limits(digits=...) or"
            in refused.stderr
        )
        assert refused.stderr.count("\n") == 1
        assert run_command(*command, "--no-limits").exit_code == 0


def test_a_size_of_thousands_of_digits_is_none(tmp_path: Path) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    result = run_command("info", cfg, "--size", "9" * 5000)
    assert (result.exit_code, len(result.stderr) < 400) == (2, True)
    assert "is not a size such as 416x416" in result.stderr
    result = run_command("info", cfg, "--size", "999999999x1")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_limits_hold_for_names(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    names = tmp_path / "x.names"
    names.write_text("a\n" * 6_000_000)
    result = run_command("convert", cfg, weights, "--names", names)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "has 12,000,000 bytes of class names; at most 10,000,000" in result.stderr
