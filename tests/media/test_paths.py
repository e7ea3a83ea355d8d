"""What a user names, to picture files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from darkcsp.errors import MediaError
from darkcsp.media import find_pictures


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.jpg", "a.PNG", "notes.md", "sub/c.jpeg", "sub/deep/d.webp", "out/b.jpg", "empty/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def _relative(*arguments: object, without: tuple[Path, ...] = ()) -> list[str]:
    return [item.relative.as_posix() for item in find_pictures(map(str, arguments), without)]


def test_folders_are_searched_to_the_bottom(tree: Path) -> None:
    assert _relative(tree) == ["a.PNG", "b.jpg", "out/b.jpg", "sub/c.jpeg", "sub/deep/d.webp"]
    assert [item.path for item in find_pictures([tree / "sub"])] == [tree / "sub/c.jpeg", tree / "sub/deep/d.webp"]


def test_output_folders_are_left_out_unless_they_are_named(tree: Path) -> None:
    out = tree / "out"
    assert _relative(tree, without=(out,)) == ["a.PNG", "b.jpg", "sub/c.jpeg", "sub/deep/d.webp"]
    assert _relative(out, without=(out,)) == ["b.jpg"]


def test_files_may_have_any_ending(tree: Path) -> None:
    (tree / "png.txt").write_bytes(b"\x89PNG\0")
    assert _relative(tree / "notes.md", tree / "png.txt", tree / "sub/c.jpeg") == ["notes.md", "png.txt", "c.jpeg"]


def test_patterns(tree: Path) -> None:
    assert _relative(tree / "*.jpg") == ["b.jpg"]
    assert _relative(tree / "s*" / "**" / "*") == ["sub/c.jpeg", "sub/deep/d.webp"]
    assert _relative(tree / "**" / "*.jp*g") == ["b.jpg", "out/b.jpg", "sub/c.jpeg"]


def test_a_file_whose_name_looks_like_a_pattern(tree: Path) -> None:
    (tree / "x[1].jpg").touch()
    assert _relative(tree / "x[1].jpg") == ["x[1].jpg"]


def test_each_file_once_and_in_order(tree: Path) -> None:
    assert _relative(tree / "sub/c.jpeg", tree / "sub", tree / "sub/../b.jpg", tree / "b.jpg") == [
        "c.jpeg",
        "deep/d.webp",
        "b.jpg",
    ]


def test_links_that_lead_back_are_entered_once(tree: Path) -> None:
    for name in ("again", "and_again", "sub/up"):
        (tree / name).symlink_to(tree)
    (tree / "far").symlink_to(tree / "sub" / "deep")
    (tree / "loop.jpg").symlink_to("loop.jpg")
    assert _relative(tree) == ["a.PNG", "b.jpg", "loop.jpg", "out/b.jpg", "sub/c.jpeg", "sub/deep/d.webp"]
    assert _relative(tree / "**" / "*.jpg") == ["b.jpg", "loop.jpg", "out/b.jpg"]
    assert len(_relative(tree / "**")) == 6
    assert _relative(tree / "b.jpg", tree / "again" / "b.jpg") == ["b.jpg"]


def test_patterns_from_here(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    assert _relative("**/*.jp*g") == ["b.jpg", "out/b.jpg", "sub/c.jpeg"]
    assert _relative("**/deep/**/*.webp") == ["sub/deep/d.webp"]
    (tree / ".hidden").mkdir()
    (tree / ".hidden" / "e.jpg").touch()
    assert _relative("**/*.jpg") == ["b.jpg", "out/b.jpg"]


def test_folders_that_may_not_be_listed_are_told_of(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refuse(path: str | os.PathLike[str]) -> object:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert _relative(tree) == ["a.PNG", "b.jpg", "out/b.jpg", "sub"]


def test_folders_may_be_deeper_than_python_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1050):
        os.mkdir("d")
        os.chdir("d")
    Path("x.png").touch()
    monkeypatch.chdir(tmp_path)
    (found,) = find_pictures(["d"])
    assert len(found.relative.parts) == 1050
    while Path("d").is_dir():
        os.chdir("d")
    os.unlink("x.png")
    for _ in range(1050):  # nor could pytest remove it
        os.chdir("..")
        os.rmdir("d")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the name of a picture is empty"),
        ("x" * 5000, "name too long"),
        ("x\0y", "null byte"),
        ("b.jpg/c.jpg", "no such file or folder"),
        ("loop.jpg", "Too many levels of symbolic links"),
    ],
)
def test_names_that_cannot_be(name: str, message: str, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    (tree / "loop.jpg").symlink_to("loop.jpg")
    with pytest.raises(MediaError, match=f"(?i){message}"):
        find_pictures([name])


def test_arguments_without_pictures(tree: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.jpg: no such file or folder"):
        find_pictures([tree / "b.jpg", tree / "none.jpg"])
    with pytest.raises(MediaError, match=r"empty: contains no pictures or videos; looked for \.avi"):
        find_pictures([tree / "empty"])
    with pytest.raises(MediaError, match=r"\*\.bmp: no picture or video matches this pattern"):
        find_pictures([tree / "*.bmp"])
