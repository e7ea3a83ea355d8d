"""Names files."""

from __future__ import annotations

from pathlib import Path

import pytest

from darkcsp.detect.names import name_of, read_names
from darkcsp.errors import CfgWarning, MediaError


def test_one_name_per_line(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_bytes("\ufeffcat\r\ntraffic light \n\nkäse\n\n".encode())
    with pytest.warns(CfgWarning, match=r"x\.names:3: is blank, so class 2 has no name; delete the line if"):
        names = read_names(path)
    assert names == ("cat", "traffic light", "", "käse")
    assert [name_of(names, number) for number in range(5)] == ["cat", "traffic light", "2", "käse", "4"]


def test_blank_lines_are_told_of_together(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text("\ncat\n \ndog\n\n\n")
    with pytest.warns(CfgWarning, match=r"x\.names:1: is blank \(and 1 more\), so class 0 has no name") as told:
        assert read_names(path) == ("", "cat", "", "dog")
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes= 80\nnames = data/coco.names\n", "is a .data file, not a list of names; pass it as --data"),
        ("# remark\n\nvalid=x.txt\n", "is a .data file, not a list of names; pass it as --data"),
        ("[net]\nwidth=416\n", "is a cfg, not a list of names; pass it as --cfg"),
    ],
)
def test_other_files_are_not_taken_for_names(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text(text)
    with pytest.raises(MediaError, match=rf"x\.names: {message}$"):
        read_names(path)


def test_names_may_have_any_letters(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text("a = b\n<background>\n{}\n#1\nclasses\n")
    assert read_names(path) == ("a = b", "<background>", "{}", "#1", "classes")


def test_what_is_no_names_file(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    with pytest.raises(MediaError, match=r"x\.names: cannot be read: No such file"):
        read_names(path)
    path.write_text("\n\n")
    with pytest.raises(MediaError, match=r"x\.names: is empty"):
        read_names(path)
    path.write_bytes(b"\0\0\0\2")
    with pytest.raises(MediaError, match=r"x\.names: is a binary file"):
        read_names(path)
