"""The table of a network."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from darkcsp.errors import CfgError
from darkcsp.graph import build_graph
from darkcsp.graph.summary import COLUMNS, WIDTH
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, graph_of, write_files
from tests.reference import UPSTREAM

CFGS = Path(__file__).parents[2] / "cfgs"


def test_a_row_for_each_layer_and_the_totals() -> None:
    graph = graph_of(DETECTOR)
    summary = graph.summary()
    assert [row[0] for row in summary.rows] == [str(spec.index) for spec in graph.layers]
    assert {len(row) for row in summary.rows} == {len(COLUMNS)}
    assert summary.rows[0] == ("0", "convolutional", "8", "3x3/2", "", "3x32x32", "8x16x16", "248", "0.000", "leaky")
    assert dict(summary.totals)["heads"] == "5 [yolo], 10 [yolo]"
    assert dict(summary.totals)["parameters"] == f"{graph.parameters:,}"
    assert repr(summary) == str(summary)


def test_info_prints_it(tmp_path: Path) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    assert run_command("info", cfg).stdout == f"{build_graph(cfg).summary()}\n"


def test_notebooks_show_tables() -> None:
    html = graph_of(DETECTOR).summary()._repr_html_()
    assert html.count("<table>") == 2 and html.count("<tr>") == 1 + 11 + 1 + 6
    assert "<td>8x16x16</td>" in html


def test_many_sources_go_on_in_the_next_line_and_shared_parameters_are_named() -> None:
    many = ",".join(str(number) for number in range(40))
    conv = "[convolutional]\nfilters=2\nsize=1\nstride=1\nactivation=leaky\n"
    net = "[net]\nwidth=8\nheight=8\nchannels=3\n"
    summary = graph_of(f"{net}{conv * 39}{conv}share_index=3\n[route]\nlayers={many}\n{conv}").summary()
    lines = str(summary).splitlines()
    assert max(map(len, lines)) <= WIDTH
    route = next(number for number, line in enumerate(lines) if line.split()[:2] == ["40", "route"])
    after = next(number for number, line in enumerate(lines) if line.split()[:2] == ["41", "convolutional"])
    assert " ".join(line.strip() for line in lines[route + 1 : after]).endswith("38 39")
    assert summary.rows[39][7] == "of 3"


@pytest.mark.parametrize("folder", [CFGS, UPSTREAM], ids=["shipped", "upstream"])
def test_every_networks_table_fits_100_columns(folder: Path) -> None:
    if not folder.exists():
        pytest.skip("the authors' cfgs are not beside this repository")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(folder.rglob("*.cfg")):
            try:
                graph = build_graph(path)
            except CfgError:
                continue
            table, _, _ = str(graph.summary()).rpartition("\n\n")
            assert max(map(len, table.splitlines())) <= WIDTH, path
