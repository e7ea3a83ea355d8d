"""Which of the eight networks a benchmark runs."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from scripts.arguments import parser
from scripts.bench import networks


def options(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> argparse.Namespace:
    monkeypatch.setattr("sys.argv", ["bench", *map(str, arguments)])
    command = parser("bench", None)
    networks.add_arguments(command)
    return networks.parse(command)


def test_networks_of_the_zoo_and_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "yolov4-tiny.cfg"
    path.touch()
    found = networks.find_networks(options(monkeypatch, "--darknet-cfgs", tmp_path))
    assert found == [str(path) if name == "yolov4-tiny.cfg" else name
                     for name in networks.NETWORKS if name != "yolo-fastest-1.1-xl.cfg"]  # fmt: skip
    assert capsys.readouterr().err == f"yolo-fastest-1.1-xl.cfg not found in {tmp_path}: skipped\n"
    assert networks.find_networks(options(monkeypatch, "--only", "csmobilenet-v2")) == ["csmobilenet-v2"]


def test_the_processor_s_clock_is_for_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options(monkeypatch).threads == 2
    assert options(monkeypatch, "--cpu-time", "--threads", 8).threads == 1
