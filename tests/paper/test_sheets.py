"""The reproduced tables as cells."""

from __future__ import annotations

import pytest

from darkcsp.errors import UnknownModelError
from darkcsp.paper.sheets import COLUMNS, NAMES, as_data, make_sheet
from darkcsp.zoo.catalogue import CATALOGUE


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_a_table(name: str) -> None:
    sheet = make_sheet(name)
    assert sheet.name == name and sheet.rows
    assert {len(row) for row in sheet.rows} == {len(sheet.columns)}
    assert len(sheet.remarks) == len(sheet.deviating) and sheet.deviating <= set(range(len(sheet.rows)))


def test_a_printed_number_stands_before_the_computed_one() -> None:
    row = dict(zip(COLUMNS, make_sheet("readme-big-models").rows[0], strict=True))
    assert row["model"] == "DarkNet-53" and row["cfg"] == "darknet53" and row["status"] == "exact"
    assert row["parameters, M"] == "41.57: 41.5732 (+0.01 %)"
    assert row["BFLOPs"] == "18.57: 18.5702 (+0.00 %)"
    assert row["as published"] == "Top-1 77.2, Top-5 93.8"


def test_a_row_without_a_network_has_only_what_is_printed() -> None:
    row = next(row for row in make_sheet("readme-big-models").rows if row[0] == "ResNet-152")
    assert row[2:] == ("60.2", "22.6", "", "", "", "", "")


def test_the_models_say_how_the_documents_counted_them() -> None:
    rows = {row[0]: row for row in make_sheet("models").rows}
    assert list(rows) == list(CATALOGUE)
    assert rows["yolov3-tiny"][3] == "file" and rows["cspresnet50"][3] == "card" and rows["digits"][3] == ""


def test_unknown_names() -> None:
    for make in (make_sheet, lambda name: as_data([name])):
        with pytest.raises(UnknownModelError, match=r"^table-3: there is no such table; did you mean table-"):
            make("table-3")
        with pytest.raises(UnknownModelError, match=r"^zzz: there is no such table; choose from readme-test-dev, "):
            make("zzz")
