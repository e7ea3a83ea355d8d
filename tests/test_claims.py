from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from darkcsp.claims import STANDARD_OUTPUT, Claims, identity_of
from darkcsp.errors import ArgumentError

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other kinds of files")

SPELLINGS: dict[str, Callable[[Path], Path]] = {
    "itself": lambda path: path,
    "relative": lambda path: Path(os.path.relpath(path)),
    "roundabout": lambda path: path.parent / ".." / path.parent.name / "." / path.name,
    "symbolic link": lambda path: _link(os.symlink, path),
    "hard link": lambda path: _link(os.link, path),
    "link to the folder": lambda path: _link(os.symlink, path.parent) / path.name,
}


def _link(make: Callable[[Path, Path], None], path: Path) -> Path:
    link = path.with_name(f"{path.name} linked")
    make(path, link)
    return link


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").touch()
    return folder / "x"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_file_that_is_read_is_not_written(file: Path, spelling: str) -> None:
    other = SPELLINGS[spelling](file)
    claims = Claims()
    claims.read(file, "weights")
    with pytest.raises(ArgumentError, match="read as weights, so it cannot be --output as well; choose another file"):
        claims.write(other, "--output")
    claims = Claims()
    claims.write(other, "--output")
    with pytest.raises(ArgumentError) as caught:
        claims.read(file, "weights")
    assert str(caught.value).startswith(f"{other}: is ")
    assert (f"{file}, which is" in str(caught.value)) == (other != file)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("exists", [True, False])
def test_no_file_is_written_twice(file: Path, spelling: str, exists: bool) -> None:
    if not exists:
        if spelling == "hard link":
            pytest.skip("of what does not exist there is none")
        file.unlink()
    claims = Claims()
    claims.write(file, "--json")
    claims.write(file, "--json")  # click may convert a value twice
    with pytest.raises(ArgumentError, match="written as --json, so it cannot be --csv as well"):
        claims.write(SPELLINGS[spelling](file), "--csv")


def test_what_differs_is_nobodys_concern(file: Path) -> None:
    claims = Claims()
    claims.read(file, "cfg")
    claims.read(file, "weights")
    claims.read(file.with_name("none"), "names")  # which whoever reads it will say
    for name in ("none", "X", "x.json", "y"):
        claims.write(file.with_name(name) if name != "X" else file.parent.parent / "x", f"--{name}")
    assert file in claims.paths


def test_folders_may_be_shared_with_folders_alone(file: Path) -> None:
    claims = Claims()
    claims.read(file.parent, "INPUT")
    claims.write_into(file.parent, "--yolo")
    claims.write_into(file.parent, "--voc")
    claims.write_into(file.parent / "new", "--output")
    with pytest.raises(ArgumentError, match="written to as --output, so it cannot be --json"):
        claims.write(file.parent / "new", "--json")
    claims.write(file.parent / "report", "--csv")
    with pytest.raises(ArgumentError, match="written to as --other, so it cannot be --csv"):
        claims.write_into(file.parent / "report", "--other")


def test_standard_output_takes_one_report() -> None:
    claims = Claims()
    claims.write(STANDARD_OUTPUT, "--json")
    with pytest.raises(ArgumentError, match=r"^standard output: is written as --json, so it cannot be --csv as well"):
        claims.write(STANDARD_OUTPUT, "--csv")


@posix
def test_devices_take_all() -> None:
    claims = Claims()
    claims.read("/dev/null", "names")
    claims.write("/dev/null", "--json")
    claims.write("/dev/null", "--csv")


@posix
def test_a_pipe_is_one_place(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    claims = Claims()
    claims.write(tmp_path / "pipe", "--json")
    with pytest.raises(ArgumentError):
        claims.write(tmp_path / "pipe", "--csv")


@posix
def test_where_nothing_can_be_known(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop" / "x", tmp_path / "none" / "x", tmp_path / ("x" * 5000)):
        assert identity_of(path) is None or path.name.startswith("x" * 99)
