from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from darkcsp import build_graph, read_weights
from darkcsp.zoo.digits import ANCHORS

for module in ("sklearn", "matplotlib", "pycocotools"):
    pytest.importorskip(module)

ROOT = Path(__file__).parents[3]


def train(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    small = "--batch 2 --check 2 --every 2 --workers 0 --small 64 --small-share 0.4 --threads 1 --precision float32"
    folders = ["--into", str(folder), "--out", str(folder / "out")]
    command = [sys.executable, "-m", "scripts.digits.train", *small.split(), *folders, *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def measured_steps(folder: Path) -> list[int]:
    with (folder / "out" / "metrics.csv").open() as file:
        return [int(row["step"]) for row in csv.DictReader(file)]


@pytest.mark.slow
def test_it_trains_and_goes_on(tmp_path: Path) -> None:
    first = train(tmp_path, "--steps", "4")
    assert first.returncode == 0, first.stderr
    assert measured_steps(tmp_path) == [2, 4]
    before = (tmp_path / "weights" / "digits.weights").read_bytes()
    again = train(tmp_path, "--steps", "6", "--resume")
    assert again.returncode == 0, again.stderr
    assert measured_steps(tmp_path) == [2, 4, 6]
    assert (tmp_path / "out" / "course.png").stat().st_size > 1000
    weights = read_weights(tmp_path / "weights" / "digits.weights", build_graph(tmp_path / "cfgs" / "digits.cfg"))
    assert weights.header.seen == 12 and not weights.is_partial
    assert (tmp_path / "weights" / "digits.weights").read_bytes() != before
    assert (tmp_path / "weights" / "digits.names").read_text().split() == list("0123456789")


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    result = train(tmp_path, "--steps", "2", "--resume")
    assert result.returncode == 1
    assert "no checkpoint to resume from" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.slow
def test_the_anchors_are_what_kmeans_gives() -> None:
    from scripts.digits.train.__main__ import choose_anchors

    assert choose_anchors(1) == ANCHORS
