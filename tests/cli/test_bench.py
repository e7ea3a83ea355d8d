"""`darkcsp bench` from start to end, on networks that take no time."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest

import darkcsp.benchmark.table5 as table5
import darkcsp.cli.bench_tables as bench_tables
from darkcsp.benchmark.models import Model
from darkcsp.cli.table_console import TableConsole
from darkcsp.graph.reading import CfgReading
from darkcsp.paper.table5 import printed_speeds
from darkcsp.spec.program import SEMANTICS, Semantics
from darkcsp.to_onnx import convert
from tests.cli.invoking import run_command
from tests.networks import CLASSIFIER, DETECTOR, POOLING, write_files

BRIEF = ("--rounds", "2", "--seconds", "0", "--threads", "1")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))


invoke = partial(run_command, "bench")


def test_models_times_backends(tmp_path: Path) -> None:
    detector, classifier = write_files(tmp_path, DETECTOR), write_files(tmp_path, CLASSIFIER, "y")
    onnx = convert(*classifier, tmp_path / "y.onnx")
    backends = ("--backend", "opencv", "--backend", "onnxruntime", "--engine", "auto")
    reports = ("--csv", tmp_path / "x.csv", "--json", tmp_path / "x.json")
    result = invoke(detector[0], *classifier, onnx, *backends, *BRIEF, *reports, "--batch", 2)
    assert result.exit_code == 0, result.output
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.stdout.splitlines() if "│" in line]
    assert [row[:2] for row in cells] == [
        [name, backend] for name in ("x", "y", "y.onnx") for backend in ("opencv", "onnxruntime")
    ]
    assert all(float(row[4]) > 0 and float(row[6]) > 0 and row[8].endswith("%") for row in cells)
    assert "Models given without weights ran with random ones." in result.stdout
    data = json.loads((tmp_path / "x.json").read_text())
    assert data["machine"]["threads"] == 1 and data["machine"]["peak_gflops"] > 0
    assert [row["ms"] > 0 and row["batch"] == 2 for row in data["rows"]] == [True] * 6
    with (tmp_path / "x.csv").open() as file:
        assert [row["model"] for row in csv.DictReader(file)] == ["x", "x", "y", "y", "y.onnx", "y.onnx"]


def test_semantics(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, POOLING)
    backends = ("--backend", "opencv", "--engine", "auto")
    for semantics in SEMANTICS:
        result = invoke(cfg, weights, *backends, *BRIEF, "--semantics", semantics)
        assert result.exit_code == 0, result.output


def test_what_fails_is_a_row_with_its_reason(tmp_path: Path) -> None:
    onnx = convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx")
    backends = ("--backend", "torch", "--backend", "onnxruntime", "--engine", "auto")
    result = invoke(onnx, *backends, *BRIEF, "--csv", "-")
    assert result.exit_code == 1, result.output
    failed, fine = csv.DictReader(result.stdout.splitlines())
    assert "the torch backend runs cfg and weights, not ONNX files" in failed["error"] and failed["ms"] == ""
    assert fine["error"] == "" and float(fine["ms"]) > 0
    assert "failed" in result.stderr and "x.onnx on torch/auto/fp32: " in result.stderr
    assert invoke(onnx, "--backend", "torch", "--engine", "auto", *BRIEF).exit_code == 2


def test_a_chart(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    cfg, _ = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, "--backend", "onnxruntime", "--engine", "auto", *BRIEF, "--chart", tmp_path / "x.png")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_table5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)

    def small(folder: Path, semantics: Semantics) -> list[Model]:
        names = [speed.network for speed in printed_speeds() if speed.network is not None]
        return [Model(name, cfg=cfg, weights=weights, reading=CfgReading(semantics=semantics)) for name in names]

    monkeypatch.setattr(table5, "table5_models", small)
    result = invoke("--table5", "--backend", "onnxruntime", *BRIEF, "--json", tmp_path / "x.json")
    assert result.exit_code == 0, result.output
    rows = [line for line in result.stdout.splitlines() if line.startswith("│")]
    assert len(rows) == len(printed_speeds()) == 10
    assert "no cfg" in rows[0] and "CSPDenseNetb Ref.-PRN" in rows[-1]
    assert "times as fast as YOLOv3-tiny (printed: 1.89): " in result.stdout
    data = json.loads((tmp_path / "x.json").read_text())
    assert data["rows"][-1]["printed_fps"] == 102 and data["rows"][-1]["fps"] > 0


def test_the_models_of_table5_are_those_of_the_zoo(tmp_path: Path) -> None:
    found = {model.name: model for model in table5.table5_models(tmp_path)}
    assert len(found) == 8 and all(model.random for model in found.values())
    assert found["cspdensenetb-ref-prn"].operations == pytest.approx(1.59e9, rel=0.01)
    assert found["yolov3-tiny"].operations == pytest.approx(5.57e9, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--table5", "yolov3"], "--table5 has its own models and sizes"),
        (["yolov3-tinny"], "yolov3-tinny: there is no such model; did you mean yolov3-tiny"),
        (["--engine", "fast"], "engine 'fast': none of the backends has it"),
        (["--csv", "nowhere/x.csv"], "nowhere/x.csv: cannot be written: there is no folder nowhere"),
        (["--csv", "-", "--json", "-"], "standard output: is written as --csv, so it cannot be --json as well"),
    ],
)
def test_mistakes_are_told_before_anything_is_measured(arguments: list[str], message: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_precisions(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    onnx = convert(cfg, weights, tmp_path / "y.onnx")
    way = ("--backend", "onnxruntime", "--precision", "fp32", "--precision", "fp16", "--precision", "int8")
    result = invoke(cfg, weights, onnx, *way, *BRIEF, "--json", "-")
    assert result.exit_code == 1, result.output
    rows = json.loads(result.stdout)["rows"]
    assert [(row["model"], row["precision"], bool(row["ms"])) for row in rows] == [
        ("x", "fp32", True),
        ("x", "fp16", True),
        ("x", "int8", True),
        ("y.onnx", "fp32", True),
        ("y.onnx", "fp16", False),
        ("y.onnx", "int8", False),
    ]
    assert rows[-1]["error"] == "y.onnx: the precision of an ONNX file is fixed; pass cfg and weights for int8"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console of 80 columns."""
    console = TableConsole(width=80, highlight=False, markup=False)
    monkeypatch.setattr(bench_tables, "table_console", lambda targets: console)


LONG = "csresnext50-panet-spp-original-optimal"


@pytest.mark.usefixtures("narrow")
def test_80_columns_show_every_figure_and_name(tmp_path: Path) -> None:
    short, long = write_files(tmp_path, DETECTOR), write_files(tmp_path, DETECTOR, LONG)
    way = ("--backend", "onnxruntime", "--engine", "auto", "--precision", "fp32", "--precision", "int8")
    result = invoke(*short, *long, *way, *BRIEF)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80 and "…" not in result.stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    assert "".join(row[0] for row in rows) == f"x{LONG}"  # each model once, in as many lines as it takes
    measured = [row for row in rows if row[1]]
    assert [row[1] for row in measured] == ["onnxruntime/auto: default", "onnxruntime/auto: default/int8"] * 2
    assert all(float(row[2]) > 0 and float(row[3]) > 0 and float(row[4]) > 0 for row in measured)


@pytest.mark.usefixtures("narrow")
def test_table5_in_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)

    def small(folder: Path, semantics: Semantics) -> list[Model]:
        names = [speed.network for speed in printed_speeds() if speed.network is not None]
        return [Model(name, cfg=cfg, weights=weights, reading=CfgReading(semantics=semantics)) for name in names]

    monkeypatch.setattr(table5, "table5_models", small)
    result = invoke("--table5", "--backend", "onnxruntime", *BRIEF)
    assert result.exit_code == 0, result.output
    table = [line for line in result.stdout.splitlines() if line.startswith(("│", "┃", "┏", "└"))]
    assert {len(line) for line in table} == {len(table[0])} and len(table[0]) <= 80
    assert "…" not in result.stdout
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table if line.startswith("│")]
    assert "CSPDenseNetb Ref.-PRN" in " ".join(row[0] for row in cells)
    assert {row[-1] for row in cells if row[1]} == {"no cfg", "auto: default"}
