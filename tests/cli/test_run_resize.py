"""--resize: how pictures become the network's size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from darkcsp.detect import Detector
from darkcsp.media import read_picture
from darkcsp.precision.calibration import open_calibration
from darkcsp.precision.export import Feeds
from darkcsp.spec.net import RESIZE_NAMES, ResizeName
from scripts.places import ROOT
from tests.cli.invoking import run_command
from tests.networks import CLASSIFIER, DETECTOR, graph_of, write_files

SCENE = ROOT / "examples" / "scene_1.jpg"


@pytest.mark.parametrize("resize", RESIZE_NAMES)
def test_run_prepares_pictures_as_the_option_says(resize: ResizeName) -> None:
    result = run_command("run", SCENE, "--no-draw", "-q", "--jsonl", "-", "--resize", resize)
    assert result.exit_code == 0, result.stderr
    found = Detector(resize=resize)(read_picture(SCENE))
    assert json.loads(result.stdout)["detections"] == found.to_dict()["detections"] != []


def test_opencv_s_interpolation_is_not_darknet_s() -> None:
    first, second = (Detector(resize=resize)(read_picture(SCENE)) for resize in ("darkcsp", "opencv"))
    assert sorted(first.names) == sorted(second.names)
    assert 0 < np.abs(first.confidence - second.confidence).max() < 0.1


def test_convert_writes_it_into_the_file(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    cases: list[tuple[ResizeName, str | None]] = [("opencv", "opencv"), ("darkcsp", None)]
    for resize, stated in cases:
        assert run_command("convert", cfg, weights, "--resize", resize).exit_code == 0
        properties = {item.key: item.value for item in onnx.load(tmp_path / "x.onnx").metadata_props}
        assert (properties.get("darkcsp.resize"), properties["darkcsp.letter_box"]) == (stated, "false")
        assert Detector(tmp_path / "x.onnx", backend="onnxruntime").resize == RESIZE_NAMES[resize]


def test_int8_is_calibrated_on_pictures_prepared_so() -> None:
    pictures = open_calibration([SCENE])
    first, second = (next(iter(Feeds(graph_of(DETECTOR), pictures, resize))) for resize in ("stretch", "opencv"))
    assert first.shape == second.shape and np.abs(first - second).max() > 0.01


def test_a_classifier_refuses_it(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    result = run_command("run", SCENE, "--cfg", cfg, "--weights", weights, "--resize", "opencv")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "is a classifier, which takes a picture's centre; --resize is only for detectors" in result.stderr
