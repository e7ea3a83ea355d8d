"""The tables of docs/onnx-contract.md, and the comparison that it quotes."""

from __future__ import annotations

import pytest

from darkcsp.detect import Detector
from darkcsp.media import read_picture
from scripts.check.tutorial import SCENE, table, ways
from scripts.make.docs.contract import MEANINGS, TABLES, metadata, page
from scripts.places import ROOT
from tests.scripts.test_launchers import launch

PAGE = (ROOT / "docs" / "onnx-contract.md").read_text()


def test_tables_are_made_anew_between_their_marks() -> None:
    begin, end = "<!-- made by scripts/make_docs: versions -->", "<!-- end of versions -->"
    made = page(f"Before.\n\n{begin}\nold\n{end}\n\nAfter.\n")
    assert made.startswith(f"Before.\n\n{begin}\n\nOperators are those of opset ") and made.endswith(
        f"\n\n{end}\n\nAfter.\n"
    )
    assert page(made) == made
    with pytest.raises(ValueError, match="there is no table 'none', only files, versions, metadata, heads"):
        page("<!-- made by scripts/make_docs: none -->")
    with pytest.raises(ValueError, match="the table 'heads' has no end; write <!-- end of heads -->"):
        page("<!-- made by scripts/make_docs: heads -->\n")


def test_the_page_has_every_table_and_every_key() -> None:
    assert all(f"<!-- made by scripts/make_docs: {name} -->" in PAGE for name in TABLES)
    keys = [row.split("`")[1].removeprefix("darkcsp.") for row in metadata()[2:]]
    assert sorted(keys) == sorted(MEANINGS)


def test_the_tutorial_s_boxes_are_compared_as_the_page_says() -> None:
    found = ways(Detector(backend="onnxruntime"), read_picture(SCENE))
    assert {name: len(detections) for name, detections in found.items()} == {
        "darkcsp": 6,
        "`cv2.resize` instead of Darknet's resize": 6,
        "the best class of each box only": 5,
        "suppression across classes (`NMSBoxes`)": 5,
        "whole pixels": 6,
        "all four, as in the tutorials": 5,
    }
    for row in table(found):
        assert row.rsplit("|", 3)[0] in PAGE  # all but the decimals, which another processor may round otherwise


def test_the_command_prints_the_table() -> None:
    done = launch("check_tutorial", str(SCENE), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2] == "| darkcsp | 6 | 0 | 0 | 1.000 | 0.000 |"
    wrong = launch("check_tutorial", "nowhere.jpg", cwd=ROOT)
    assert (wrong.returncode, wrong.stderr) == (1, "nowhere.jpg: cannot be read: No such file or directory\n")
