from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.graph import build_graph
from darkcsp.zoo import cfg
from tests.cli.invoking import run_command

invoke = partial(run_command, "new")


def test_a_model_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    result = invoke("csppeleenet", "-o", path)
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == cfg("csppeleenet").to_bytes()
    assert result.stdout == f"{path}: 201 layers, 2.8679 million parameters, 0.8886 BFLOPs at 224x224\n"


def test_without_a_file_the_cfg_is_printed() -> None:
    result = invoke("darknet")
    assert result.exit_code == 0
    assert result.stdout == str(cfg("darknet"))


def test_a_backbone_with_partial_stages_and_a_head() -> None:
    line = "--backbone peleenet --csp --gamma 0.25 --fusion last --head efm-sam --classes 20 --size 416"
    result = invoke(*line.split())
    assert result.exit_code == 0, result.output
    graph = build_graph(parse_cfg(result.stdout))
    assert graph.input == (3, 416, 416)
    assert [head.classes for head in graph.heads] == [20, 20, 20]
    assert result.stdout.startswith(
        "# peleenet with cross stage partial stages (gamma 0.25, fusion last), efm-sam head, 20 classes."
    )
    assert sum(spec.type == "sam" for spec in graph.layers) == 3


def test_an_activation_for_the_whole_network() -> None:
    result = invoke("--backbone", "peleenet", "--activation", "mish")
    assert result.exit_code == 0
    assert "activation=leaky" not in result.stdout and "activation=mish" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Error: pass either the NAME of a model or --backbone"),
        ("darknet --backbone peleenet", "Error: pass either the NAME of a model or --backbone"),
        ("csppeleenett", "csppeleenett: there is no such model; did you mean csppeleenet or"),
        ("--backbone peleenut", "peleenut: there is no such backbone; did you mean peleenet or"),
        ("--backbone peleenet --head efm-sum", "efm-sum: there is no such head; did you mean efm-sam or"),
        (
            "--backbone mobilenet-v2 --csp",
            "mobilenet-v2: there is no such backbone with cross stage partial stages; choose from ",
        ),
        ("--backbone peleenet --gamma 0.5", "Error: --gamma and --fusion need --csp"),
        ("--backbone peleenet --csp --gamma 1", "Error: Invalid value for '--gamma': 1.0 is not in the range 0<x<1."),
        ("--backbone peleenet --size 100", "Error: Invalid value for --size: 100 is not a multiple of 32"),
        ("darknet --csp", "Error: --csp, --head and --activation need --backbone"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: str, message: str) -> None:
    result = invoke(*arguments.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith(message), result.stderr


def test_a_network_that_does_not_build_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    result = invoke("--backbone", "csdarknet53-elastic", "--head", "prn", "--size", "416", "-o", path)
    assert result.exit_code == 2 and not path.exists()
    assert "height and width must be equal" in result.stderr
