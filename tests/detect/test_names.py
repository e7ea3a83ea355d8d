"""Names files."""

from __future__ import annotations

from pathlib import Path

import pytest

from darkcsp.detect.names import name_of, read_names
from darkcsp.errors import MediaError


def test_one_name_per_line(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_bytes("\ufeffcat\r\ntraffic light \n\nkäse\n\n".encode())
    names = read_names(path)
    assert names == ("cat", "traffic light", "", "käse")
    assert [name_of(names, number) for number in range(5)] == ["cat", "traffic light", "2", "käse", "4"]


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
