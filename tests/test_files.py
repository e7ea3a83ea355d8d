from __future__ import annotations

import stat
from pathlib import Path

import pytest

from darkcsp.files import write_whole


def test_a_file_appears_whole(tmp_path: Path) -> None:
    with write_whole(tmp_path / "x") as file:
        file.write(b"abc")
        assert not (tmp_path / "x").exists()
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) & 0o600 == 0o600


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(KeyError), write_whole(tmp_path / "x") as file:
        file.write(b"new")
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (tmp_path / "x").chmod(0o640)
    with write_whole(tmp_path / "x") as file:
        file.write(b"new")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640
