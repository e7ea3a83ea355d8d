"""Files and streams that have no end, never come, or are no files."""

from __future__ import annotations

import io
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from darkcsp.errors import MediaError
from darkcsp.media.bounded import read_file, read_stream, require_regular

needs_fifos = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")


def test_files_are_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * 3_000_000)
    assert read_file(path) == read_file(path, 3_000_000) == read_file(path, None) == path.read_bytes()
    with pytest.raises(MediaError, match="x: has 3000000 bytes, expected at most 2999999"):
        read_file(path, 2_999_999)


def test_sparse_files_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(100_000_000_000)
    with pytest.raises(MediaError, match="x: has 100000000000 bytes, expected at most 1000000000"):
        read_file(path)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(path.parent)  # addresses are short
        made.bind(path.name)


@needs_fifos
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_fifo, "is a FIFO, expected a file"),
        (Path.mkdir, "cannot be read: Is a directory|is a folder, expected a file"),
        (_socket, "cannot be read: No such device or address|is a socket, expected a file"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device, expected a file"),
        (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels of symbolic links"),
        (lambda path: path.symlink_to("nowhere"), "cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_file_is_told_at_once(
    make: Callable[[Path], None], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x"
    make(path)
    for look in (read_file, require_regular):
        with pytest.raises(MediaError, match=f"^{re.escape(str(path))}: ({message})"):
            look(path)


@pytest.mark.parametrize("name", ["x" * 300, "x\0y", ""])
def test_names_that_cannot_be(name: str) -> None:
    for look in (read_file, require_regular):
        with pytest.raises(MediaError, match="cannot be read"):
            look(name)


@needs_fifos
def test_a_file_that_gives_when_it_likes_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As /proc/kmsg, which is called a regular file, and gives nothing until the kernel has something to say."""
    path = tmp_path / "x"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    monkeypatch.setattr("darkcsp.media.bounded._require_regular", lambda *_: None)
    with pytest.raises(MediaError, match="x: cannot be read: no data is available yet"):
        read_file(path)
    os.close(writer)


def test_streams_are_read_up_to_a_limit() -> None:
    assert read_stream(io.BytesIO(b"abc"), "it", 3) == b"abc"
    with pytest.raises(MediaError, match=r"^it: has more than 2 bytes$"):
        read_stream(io.BytesIO(b"abc"), "it", 2)
