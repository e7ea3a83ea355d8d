"""Lists of pictures, as Darknet reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from darkcsp.errors import MediaError
from darkcsp.media.found import Found
from darkcsp.media.lists import read_list


def test_paths_are_relative_to_the_working_directory_or_else_to_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here.jpg", "data/here.jpg", "data/beside.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    listed = tmp_path / "data" / "list.txt"
    absolute = tmp_path / "data" / "beside.jpg"
    listed.write_bytes(f"\ufeffhere.jpg\r\n  beside.jpg \n\nmissing.jpg\n{absolute}\n../x/a.jpg\n".encode())
    monkeypatch.chdir(tmp_path)
    assert read_list("data/list.txt") == [
        Found(Path("here.jpg"), Path("here.jpg")),
        Found(Path("data/beside.jpg"), Path("beside.jpg")),
        Found(Path("missing.jpg"), Path("missing.jpg")),
        Found(absolute, Path("beside.jpg")),
        Found(Path("../x/a.jpg"), Path("a.jpg")),
    ]


def test_lists_that_name_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("\n \n")
    with pytest.raises(MediaError, match=r"x\.txt: is a list without pictures, expected one path per line"):
        read_list(tmp_path / "x.txt")
    with pytest.raises(MediaError, match=r"none\.txt: cannot be read: No such file"):
        read_list(tmp_path / "none.txt")
