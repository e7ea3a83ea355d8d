"""README's front picture."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import pytest

from scripts.make import front_picture
from scripts.places import ROOT


def test_a_photograph_and_the_digits_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    digits = ["--cfg", "cfgs/digits.cfg", "--weights", "weights/digits.weights", "--names", "weights/digits.names"]
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["", "examples/scene_2.jpg", *digits, "--out", str(tmp_path / "x.jpg")])
    front_picture.main()
    picture = cv2.imread(str(tmp_path / "x.jpg"))
    assert picture is not None and picture.shape == (480, 640 + front_picture.GAP + 480, 3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("scene_2.jpg: Detections(") and lines[1].startswith("scene_1.jpg: Detections(7 boxes, ")
