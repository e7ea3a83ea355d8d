"""Files that hardly are any: endless, silent, huge, looping, with long names."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from darkcsp.cfg import read_cfg
from darkcsp.detect.names import read_names
from darkcsp.errors import CfgError, DarkcspError, LimitError, MediaError
from darkcsp.limits import Limits
from darkcsp.small_files import read_small

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have names")
HASTY = Limits(seconds=0.2)


def loop(folder: Path) -> Path:
    (folder / "loop").symlink_to("loop")
    return folder / "loop"


def silent(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def sparse(folder: Path) -> Path:
    with (folder / "sparse").open("wb") as file:
        file.truncate(100 * 10**9)
    return folder / "sparse"


HARD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a pipe without a writer": (silent, "cannot be read: timed out waiting for more data"),
    "a device without an end": (
        lambda folder: Path("/dev/zero"),
        "has at least .* bytes.*; at most .* are allowed",
    ),
    "a sparse file": (sparse, "has 100,000,000,000 bytes.*; at most .* are allowed"),
    "a link to itself": (loop, "cannot be read: Too many levels"),
    "a folder": (lambda folder: folder, "cannot be read: Is a directory"),
    "a name of 5,000 characters": (lambda folder: folder / ("x" * 5000), "cannot be read: File name too long"),
    "a name with a null": (lambda folder: folder / "a\0b", "cannot be read: its name contains a null character"),
}


@posix
@pytest.mark.parametrize("kind", HARD)
def test_what_is_hardly_a_file_is_one_line(kind: str, tmp_path: Path) -> None:
    make, message = HARD[kind]
    path = make(tmp_path)
    with pytest.raises(DarkcspError, match=message) as of_cfg:
        read_cfg(path, limits=HASTY)
    with pytest.raises(DarkcspError, match=message) as of_names:
        read_names(path, HASTY)
    is_large = "allowed" in message
    assert isinstance(of_cfg.value, LimitError if is_large else CfgError)
    assert isinstance(of_names.value, LimitError if is_large else MediaError)
    assert "\n" not in str(of_cfg.value) + str(of_names.value)


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".cfg")
    path.write_text("[net]\nwidth=1\n")
    assert read_cfg(path).sections[0].name == "net"


@posix
def test_a_pipe_is_waited_for(tmp_path: Path) -> None:
    path = silent(tmp_path)
    writer = threading.Thread(target=lambda: path.write_text("[net]\nwidth=1\n"))
    writer.start()
    assert read_cfg(path).sections[0].find("width")
    writer.join()


@posix
def test_what_a_stranger_names_is_not_waited_for(tmp_path: Path) -> None:
    """Whoever names a file in a cfg could make every reader wait."""
    with pytest.raises(OSError, match="timed out"):
        read_small(silent(tmp_path), Limits(seconds=600), "names_bytes", patient=False)


def test_limits_on_sizes_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text("cat\ndog\n")
    assert read_names(path, Limits(names_bytes=8)) == ("cat", "dog")
    with pytest.raises(LimitError, match=r"x\.names: has 8 bytes of class names; at most 7"):
        read_names(path, Limits(names_bytes=7))


def test_blank_lines_behind_the_names_are_dropped_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text("cat\n" + "\n" * 500_000)  # took hours
    assert read_names(path) == ("cat",)
