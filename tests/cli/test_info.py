from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from darkcsp.graph import build_graph
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, POOLING, write_files
from tests.reference import UPSTREAM

invoke = partial(run_command, "info")


def test_the_table_has_a_line_for_each_layer_and_totals(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, weights)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == "layer filters size from input output parameters BFLOPs".split()
    assert lines[1].split() == "0 convolutional 8 3x3/2 3x32x32 8x16x16 248 0.000 leaky".split()
    assert lines[4].split()[:4] == ["3", "shortcut", "2", "1"]
    graph = build_graph(cfg)
    assert f"parameters  {graph.parameters:,}" in lines
    assert f"BFLOPs      {graph.flops / 1e9:.6f}" in lines
    assert "weights     all layers; version 0.2.5, 64 images seen" in lines


def test_json_has_the_same_figures(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    data = json.loads(invoke(cfg, weights, "--json", "--size", "64x32").stdout)
    graph = build_graph(cfg, (64, 32))
    assert data["input"] == [3, 32, 64]
    assert data["heads"] == [5, 10]
    assert data["bflops"] == graph.flops / 1e9
    assert [layer["output"] for layer in data["layers"]] == [list(spec.output) for spec in graph.layers]
    assert data["weights"]["layers_loaded"] == [0, 2, 4, 9]


def test_notices_go_to_standard_error_and_are_errors_under_strict(tmp_path: Path) -> None:
    cfg = tmp_path / "x.cfg"
    cfg.write_text(DETECTOR.replace("stride=2\npad=1", "stride=2#\npad=1\nfoo=1"))
    result = invoke(cfg)
    assert result.exit_code == 0
    assert f"{cfg}:10: [convolutional] stride=2#: Darknet reads 2 and ignores '#'" in result.stderr
    assert f"{cfg}:12: [convolutional] foo=1: [convolutional] has no option foo" in result.stderr
    strict = invoke(cfg, "--strict")
    assert strict.exit_code == 2
    assert "has 2 lines that Darknet silently ignores or replaces" in strict.stderr


@pytest.mark.parametrize(
    ("semantics", "where", "other"),
    [("trained", "on a CPU", "cpu"), ("cpu", "where the network was trained", "trained")],
)
def test_semantics(semantics: str, where: str, other: str, tmp_path: Path) -> None:
    cfg, _ = write_files(tmp_path, POOLING)
    note = f"{cfg}: layers 1, 2 [maxpool] compute differently {where} (--semantics {other})\n"
    result = invoke(cfg, "--semantics", semantics)
    assert (result.exit_code, result.stderr) == (0, note)
    assert f"program     AlexeyAB's Darknet, semantics {semantics}" in result.stdout.splitlines()
    result = invoke(cfg, "--semantics", semantics, "--json", "--strict")
    data = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, note)
    assert (data["author"], data["semantics"]) == ("AlexeyAB", semantics)
    assert data["differing"] == {"semantics": other, "layers": [1, 2], "refusal": None}


def test_trained_is_the_default_and_no_difference_is_not_told(tmp_path: Path) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    result = invoke(cfg, "--json")
    assert result.stderr == ""
    assert json.loads(result.stdout)["semantics"] == "trained"
    assert json.loads(result.stdout)["differing"]["layers"] == []
    assert "'gpu' is not one of 'trained', 'cpu'" in invoke(cfg, "--semantics", "gpu").stderr


@pytest.mark.parametrize("text", ["", "[net]\nwidth=8\n", "[net]\nwidth=8\nheight=8\nchannels=3\n[foo]\n"])
def test_bad_input_is_one_line_and_exit_code_2(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text(text)
    result = invoke(tmp_path / "x.cfg")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"{tmp_path}/x.cfg:")


def test_missing_files_are_one_line(tmp_path: Path) -> None:
    result = invoke(tmp_path / "no.cfg")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the authors' cfgs are not beside this repository")
def test_the_authors_network() -> None:
    cfg = UPSTREAM / "WongKinYiu/CrossStagePartialNetworks/cfg/csresnext50.cfg"
    result = invoke(cfg)
    assert result.exit_code == 0
    assert "BFLOPs      7.933428" in result.stdout
