from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

import darkcsp.cli.paper as paper
from darkcsp.cli.main import cli
from darkcsp.cli.table_console import TableConsole
from darkcsp.paper.reproduce import TABLES
from darkcsp.paper.sheets import NAMES, make_sheet
from darkcsp.zoo.catalogue import CATALOGUE


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["paper", *arguments])


def test_one_table() -> None:
    result = invoke("table-1")
    assert result.exit_code == 0, result.output
    rows = [line for line in result.stdout.splitlines() if line.startswith("│")]
    assert len(rows) == len(TABLES["table-1"].rows) == 12
    assert "1.017: 1.0166 (-0.04 %)" in rows[0] and "Top-1 70.7" in rows[0] and "exact" in rows[0]


def test_all_tables_and_what_deviates() -> None:
    result = invoke()
    assert result.exit_code == 0, result.output
    assert all(f"({name})" in result.stdout for name in NAMES)
    assert "deviates: CSPDenseNet Reference: " in result.stdout.replace("\n", " ")
    assert "deviates: ResNet-50: The authors' cfg has" in result.stdout
    assert "-43.75 %" in result.stdout and "-80.00 %" in result.stdout and "34.41 M" in result.stdout


def test_json() -> None:
    data = json.loads(invoke("--json").stdout)
    assert list(data) == [*TABLES, "figures", "models"]
    first = data["readme-big-models"]["rows"][0]
    assert first["cfg"] == "darknet53" and first["status"] == "exact"
    assert first["printed"]["Top-1"] == "77.2"
    assert abs(first["bflops_deviation_percent"]) < 0.01
    assert first["computed"]["size"] == 256
    assert [figure["name"] for figure in data["figures"]].count("figure-7") == 3
    assert [model["cfg"] for model in data["models"]] == list(CATALOGUE)
    assert list(json.loads(invoke("--json", "table-2").stdout)) == ["table-2"]


def test_an_unknown_table_is_one_line() -> None:
    for arguments in (("tables-1",), ("tables-1", "--json")):
        result = invoke(*arguments)
        assert result.exit_code == 2 and result.stdout == ""
        assert result.stderr.startswith("tables-1: there is no such table; did you mean table-1 or ")
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_80_columns_break_no_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    console = TableConsole(width=80, highlight=False, markup=False, force_terminal=True, color_system=None)
    monkeypatch.setattr(paper, "_console", lambda: console)
    result = invoke(name)
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if not line.startswith("deviates: ")]
    assert max(map(len, lines)) <= 80
    words = {word for row in make_sheet(name).rows for cell in row for word in cell.split() if len(word) < 25}
    shown = set(result.stdout.split())
    assert words <= shown, words - shown
