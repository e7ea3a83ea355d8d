from __future__ import annotations

import json
from functools import partial

import pytest

from darkcsp.zoo import list_models
from tests.cli.invoking import run_command

invoke = partial(run_command, "zoo")


def test_all_models_in_80_columns() -> None:
    result = invoke()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["name", "input", "parameters,", "M", "BFLOPs", "status"]
    rows = lines[1 : lines.index("")]
    assert [row.split()[0] for row in rows] == list_models()
    assert "csppeleenet 224x224 2.87 0.889 fit" in [" ".join(row.split()) for row in rows]
    assert all(any(line.startswith(f"{status}: ") for line in lines) for status in ("exact", "fit", "open", "own"))


def test_a_pattern_chooses_and_only_its_statuses_are_explained() -> None:
    result = invoke("*yolov3*")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : lines.index("")]] == list_models("*yolov3*")
    assert "exact: " in result.stdout and "open: " not in result.stdout


def test_json() -> None:
    models = json.loads(invoke("--json").stdout)
    assert [model["name"] for model in models] == list_models()
    (found,) = json.loads(invoke("yolov3-tiny", "--json").stdout)
    assert found == {
        "name": "yolov3-tiny",
        "input": [3, 416, 416],
        "parameters": 8858734,
        "bflops": 5.57067264,
        "status": "exact",
    }


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("csppelenet", "csppelenet: there is no such model; did you mean csppeleenet or "),
        ("csppelenett*", "csppelenett*: there is no such model; did you mean csppeleenet or "),
        ("zzz*", "zzz*: there is no such model; `darkcsp zoo` lists them"),
    ],
)
def test_an_unknown_name_is_one_line(pattern: str, message: str) -> None:
    for arguments in ((pattern,), (pattern, "--json")):
        result = invoke(*arguments)
        assert result.exit_code == 2 and result.stdout == ""
        assert result.stderr.startswith(message) and len(result.stderr.splitlines()) == 1
