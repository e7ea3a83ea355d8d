"""Files of weights that are none, or that another program changes: an error, no signal, no endless wait, no memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from darkcsp.errors import WeightsError, WeightsSizeError
from darkcsp.graph import Graph
from darkcsp.weightfile import read_weights
from tests.networks import graph_of, weights_bytes
from tests.single import conv

TEXT = "[net]\nwidth=8\nheight=8\nchannels=64\n" + conv(64) + conv(64)
CHANGED = "was changed by another program while being read"


@pytest.fixture
def graph() -> Graph:
    return graph_of(TEXT)


@pytest.fixture
def path(tmp_path: Path, graph: Graph) -> Path:
    (tmp_path / "x.weights").write_bytes(weights_bytes(graph))
    return tmp_path / "x.weights"


CHILD = """
import sys
from darkcsp.errors import WeightsError
from darkcsp.graph import build_graph
from darkcsp.weightfile import read_weights

weights = read_weights(sys.argv[2], build_graph(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
try:
    print(weights[1]["weights"].sum())
except WeightsError as error:
    sys.exit(f"told: {error}")
"""


def test_a_file_that_is_shortened_while_it_is_open_is_an_error_not_a_signal(path: Path, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text(TEXT)
    command = [sys.executable, "-c", CHILD, str(tmp_path / "x.cfg"), str(path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "open\n"
    os.truncate(path, 100)
    out, err = child.communicate("go\n", timeout=60)
    assert (child.returncode, out) == (1, ""), err
    assert err.startswith(f"told: {path}: {CHANGED}")


def shorten(path: Path) -> None:
    os.truncate(path, os.path.getsize(path) - 4)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(4))


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(20))
    os.utime(path, (1, 1))


@pytest.mark.parametrize("change", [shorten, grow, overwrite])
def test_a_change_by_another_program_is_told(change: Callable[[Path], None], path: Path, graph: Graph) -> None:
    weights = read_weights(path, graph)
    change(path)
    with pytest.raises(WeightsError, match=CHANGED):
        weights[0]["weights"]
    with pytest.raises(WeightsError, match=CHANGED):
        _ = weights.notices


@pytest.mark.parametrize("replace", [True, False])
def test_a_file_that_is_replaced_or_removed_is_read_as_it_was(replace: bool, path: Path, graph: Graph) -> None:
    weights = read_weights(path, graph)
    wanted = weights[0]["weights"].copy()
    if replace:
        path.with_name("new").write_bytes(bytes(100))
        path.with_name("new").replace(path)
    else:
        path.unlink()
    assert (weights[0]["weights"] == wanted).all()


def test_what_is_no_file_is_refused_at_once(tmp_path: Path, graph: Graph) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path, kind in (
        (tmp_path, "a folder"),
        (tmp_path / "pipe", "a pipe"),
        (Path("/dev/zero"), "a device"),
        (tmp_path / "link", "a device"),
    ):
        with pytest.raises(WeightsError, match=f"{path}: is {kind}; expected a weights file"):
            read_weights(path, graph)
    for name, reason in (("none", "No such file"), ("a\0b", "null"), ("x" * 300, "too long")):
        with pytest.raises(WeightsError, match=f"cannot be read: .*{reason}"):
            read_weights(str(tmp_path / name), graph)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(WeightsError, match=r"cannot be read: .*symbolic links"):
        read_weights(tmp_path / "loop", graph)


def test_a_huge_empty_file_takes_neither_time_nor_memory(tmp_path: Path, graph: Graph) -> None:
    with (tmp_path / "huge.weights").open("wb") as file:
        file.write(weights_bytes(graph)[:20])
        file.truncate(100 * 2**30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WeightsSizeError, match="bytes after layer 1"):
        read_weights(tmp_path / "huge.weights", graph)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


def test_files_are_closed_when_nobody_needs_them(path: Path, graph: Graph) -> None:
    count = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        read_weights(path, graph)
    assert len(os.listdir("/proc/self/fd")) == count


def test_a_system_without_reading_at_a_place(path: Path, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = read_weights(path, graph)[1]["weights"]
    monkeypatch.delattr(os, "preadv")
    assert (read_weights(path, graph)[1]["weights"] == wanted).all()
