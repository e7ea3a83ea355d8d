"""The printed tables in the package are those of the documents."""

from __future__ import annotations

import json
import re

import pytest

from darkcsp.paper.printed import PrintedNumber, read_table
from darkcsp.paper.reproduce import TABLES
from darkcsp.zoo.catalogue import CATALOGUE
from tests.reference import SHARED

DOCUMENTS = SHARED / "tables.json"


def clean(text: object) -> str:
    """A cell without reference numbers and typesetting."""
    without = re.sub(r"\s*\[\d+\]", "", str(text)).replace("*", "").replace("\u00d7", "x")
    return without.replace("₅₀", "50").replace("₇₅", "75").replace(" ", "").replace("_", "") or "-"


def same(printed_cell: str, document_cell: object) -> bool:
    """Whether two cells are the same text, or the same number."""
    left, right = clean(printed_cell), clean("-" if document_cell is None else document_cell)
    try:
        return float(left) == float(right)
    except ValueError:
        return left == right


@pytest.mark.skipif(not DOCUMENTS.is_file(), reason="the documents' tables are not here")
@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("paper_table1_peleenet_ablation", "table-1"),
        ("paper_table2_heads_csppeleenet_416", "table-2"),
        ("paper_table4_detectors", "table-4"),
        ("paper_table5_inference_rate", "table-5"),
        ("model_card_timm_weights", "model-card"),
    ],
)
def test_tables_of_the_paper(key: str, name: str) -> None:
    document, ours = json.loads(DOCUMENTS.read_text())[key], TABLES[name].rows
    assert len(ours) == len(document)
    for row, values in zip(ours, document, strict=True):
        if name == "table-1":
            values = {key: values[key] for key in ("model", "partial_ratio", "top1", "bflops")}
        cells = list(row.cells.values())
        assert len(cells) == len(values)
        assert all(same(cell, value) for cell, value in zip(cells, values.values(), strict=True)), row


@pytest.mark.skipif(not DOCUMENTS.is_file(), reason="the documents' tables are not here")
def test_tables_of_the_readme() -> None:
    documents = json.loads(DOCUMENTS.read_text())["authors_readme"]
    ours = [table for name, table in TABLES.items() if name.startswith("readme-")]
    assert len(ours) == len(documents)
    for table, document in zip(ours, documents, strict=True):
        kept = [number for number, column in enumerate(document["columns"]) if column not in ("cfg", "weight")]
        assert list(table.columns) == [document["columns"][number] for number in kept]
        assert len(table.rows) == len(document["rows"])
        for row, values in zip(table.rows, document["rows"], strict=True):
            wanted = [values[number] for number in kept]
            assert all(same(*pair) for pair in zip(row.cells.values(), wanted, strict=True)), row


def test_every_network_of_a_table_is_in_the_catalogue() -> None:
    named = {row.network for table in TABLES.values() for row in table.rows if row.network}
    assert named <= set(CATALOGUE)
    assert len(named) >= 70


def test_a_printed_number_knows_its_digits() -> None:
    table = read_table("x", "x", "Model | #Parameter | BFLOPs | network\na | 20.50M (-8%) | - | csresnext50@224")
    row = table.rows[0]
    assert row.parameters == PrintedNumber(20.5, 2) and row.operations is None
    assert str(row.parameters) == "20.50"
    assert row.parameters.equals(20.4991) and not row.parameters.equals(20.4949)
    assert row.parameters.deviation(20.705) == pytest.approx(1.0)
    assert (row.network, row.size) == ("csresnext50", 224)
