"""A short run of scripts/check_outputs, and that it finds what it looks for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts.check.outputs.cases import CASES, OLD, Case
from scripts.check.outputs.running import damaged, is_done, leftovers
from tests.scripts.test_launchers import launch

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and limits are Unix's")


@pytest.mark.parametrize("name", ["new -o", "run --jsonl", "run -o, a video"])
def test_nothing_is_lost(tmp_path: Path, name: str) -> None:
    done = launch("check_outputs", "--kills", "1", "--only", name, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, row = (line for line in done.stdout.splitlines() if line.startswith("| "))
    assert row.startswith(f"| {name} |") and row.endswith("| nothing |")


def test_a_large_disk_is_not_filled(tmp_path: Path) -> None:
    done = launch("check_outputs", "--kills", "0", "--small", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert "it will not be filled" in done.stderr


def test_damage_is_found(tmp_path: Path) -> None:
    case, whole = Case("x", "", ("a", "b")), {"a": b"new", "b": b"new"}
    for name, data, wrong, done in (
        ("a", OLD, ["b"], False),
        ("b", b"new", [], False),
        ("a", b"new", [], True),
        ("a", b"ne", ["a"], False),
    ):
        (tmp_path / name).write_bytes(data)
        assert damaged(case, tmp_path, whole) == wrong
        assert is_done(case, tmp_path, whole) == done
    (tmp_path / ".a.part").touch()
    assert leftovers(case, tmp_path) == [".a.part"]
    timed = next(case for case in CASES if case.name == "bench")
    (tmp_path / "x.json").write_bytes(b'{"cut": ')
    assert damaged(timed, tmp_path, {"x.json": b"{}"}) == ["x.json"]
