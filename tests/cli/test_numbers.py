"""Weights that are no numbers: every command says so on standard error, and refuses them under --strict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from darkcsp.weightfile import Weights, write_weights
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, graph_of, weights_of
from tests.precision.pictures import write_pictures

MESSAGE = "layer 0 [convolutional]: 1 of 216 weights is not a finite number (NaN or infinity)"
ALL = "layer 0 [convolutional]: 216 of 216 weights are not finite numbers (NaN or infinity)"


def write(folder: Path, broken: slice) -> tuple[str, str]:
    weights = weights_of(graph_of(DETECTOR))
    array = weights[0]["weights"].copy()
    array.reshape(-1)[broken] = np.nan
    (folder / "x.cfg").write_text(DETECTOR)
    write_weights(folder / "x.weights", Weights({**weights, 0: {**weights[0], "weights": array}}), graph_of(DETECTOR))
    return str(folder / "x.cfg"), str(folder / "x.weights")


@pytest.fixture(autouse=True)
def picture(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures", 1)


pytestmark = pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")


def test_info(tmp_path: Path) -> None:
    cfg, weights = write(tmp_path, slice(0, 1))
    told = run_command("info", cfg, weights, "--json")
    assert (told.exit_code, told.stderr) == (0, f"{weights}: {MESSAGE}\n")
    found = json.loads(told.stdout)["weights"]
    numbers = {"number": 1, "total": 216}
    assert found["faults"] == [
        {"layer": 0, "type": "convolutional", "blob": "weights", "kind": "not finite", **numbers}
    ]
    refused = run_command("info", cfg, weights, "--strict")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert MESSAGE in refused.stderr and refused.stderr.count("\n") == 1


def test_convert(tmp_path: Path) -> None:
    cfg, weights = write(tmp_path, slice(0, 1))
    told = run_command("convert", cfg, weights)
    assert (told.exit_code, told.stderr) == (0, f"{weights}: {MESSAGE}\n")
    refused = run_command("convert", cfg, weights, "-o", str(tmp_path / "y.onnx"), "--strict")
    assert refused.exit_code == 2
    assert MESSAGE in refused.stderr and not (tmp_path / "y.onnx").exists()


@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_run(backend: str, tmp_path: Path) -> None:
    cfg, weights = write(tmp_path, slice(None))
    report = tmp_path / "x.json"
    arguments = (str(tmp_path / "pictures"), "--cfg", cfg, "--weights", weights, "--backend", backend, "--no-draw")
    told = run_command("run", *arguments, "--json", str(report))
    assert told.exit_code == 2
    assert f"{weights}: {ALL}\n" in told.stderr
    assert "NaN or infinite values instead of scores and boxes" in told.stderr
    assert told.stdout == "" and not report.exists()
    refused = run_command("run", *arguments, "--strict")
    assert refused.exit_code == 2
    assert ALL in refused.stderr and refused.stderr.count("\n") == 1
