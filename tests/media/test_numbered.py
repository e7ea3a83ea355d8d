"""Numbered folders for results."""

from __future__ import annotations

from pathlib import Path

from darkcsp.media.numbered import free_folder, numbered_folders


def test_a_folder_with_something_in_it_is_never_given_out(tmp_path: Path) -> None:
    wanted = tmp_path / "out"
    assert free_folder(wanted) == wanted
    wanted.mkdir()
    assert free_folder(wanted) == wanted
    (wanted / "a.jpg").touch()
    assert free_folder(wanted) == tmp_path / "out-2"
    (tmp_path / "out-2" / "sub").mkdir(parents=True)
    assert free_folder(str(wanted)) == tmp_path / "out-3"


def test_the_folders_that_there_are(tmp_path: Path) -> None:
    for name in ("out", "out-2", "out-7", "out-old", "out2", "put-2"):
        (tmp_path / name).mkdir()
    assert numbered_folders(tmp_path / "out") == [tmp_path / name for name in ("out", "out-2", "out-7")]
    assert numbered_folders(tmp_path / "none" / "x") == [tmp_path / "none" / "x"]
