"""The programs of docs/without-darkcsp.md find what darkcsp finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.detect import Classifier, Detections, Detector
from darkcsp.detect.resizing import resize_planes
from darkcsp.media import read_picture
from scripts.places import ROOT
from tests.docs.blocks import blocks_of, follow
from tests.docs.reader import prepare

PAGE = ROOT / "docs" / "without-darkcsp.md"


@pytest.mark.parametrize(("scene", "pixels"), [("scene_1.jpg", 0.02), ("scene_3.jpg", 2.0)])
def test_boxes_and_probabilities_are_darkcsp_s(
    scene: str, pixels: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """scene_3 has a box of two classes; and two boxes of one digit tie there, so that rounding decides which stays."""
    prepare(tmp_path)
    (tmp_path / "photo.jpg").write_bytes((ROOT / "examples" / scene).read_bytes())
    monkeypatch.chdir(tmp_path)
    picture = read_picture("photo.jpg")
    exact, as_opencv = (Detector(backend="onnxruntime", resize=resize)(picture) for resize in ("darkcsp", "opencv"))
    detectors = classifiers = 0
    for block, variables in follow(PAGE, tmp_path):
        if "xyxy" in variables:
            check_boxes(variables, exact if "darknet_resize(picture" in block.code else as_opencv, pixels)
            detectors += 1
        if "probabilities" in variables:
            check_classes(variables.pop("probabilities"), picture)
            classifiers += 1
    assert (detectors, classifiers) == (8, 2)


def check_boxes(variables: dict[str, Any], wanted: Detections, pixels: float) -> None:
    """Compare what a program found, in any order, and forget it."""
    xyxy, confidence, class_id = (variables.pop(name) for name in ("xyxy", "confidence", "class_id"))
    order = np.argsort(-confidence, kind="stable")
    np.testing.assert_array_equal(sorted(class_id), sorted(wanted.class_id))
    assert len(wanted) > 5
    np.testing.assert_allclose(confidence[order], wanted.confidence, atol=1e-5)
    for row, number in zip(wanted.xyxy, wanted.class_id, strict=True):
        assert np.abs(xyxy[class_id == number] - row).max(1).min() < pixels


def check_classes(probabilities: Any, picture: Any) -> None:
    """Nearly: a square is cut out before it is resized, and not afterwards."""
    classifier = Classifier(cfg="darknet19.cfg", weights="darknet19.weights", backend="onnxruntime")
    wanted = {item.class_id: item.probability for item in classifier(picture)}
    np.testing.assert_allclose(probabilities, [wanted[number] for number in range(5)], atol=0.02)


@pytest.mark.parametrize("size", [(640, 480), (192, 192), (31, 57), (100, 900)])
def test_the_resize_in_numpy_is_darknet_s(size: tuple[int, int], tmp_path: Path) -> None:
    functions: dict[str, Any] = {"np": np}
    (block,) = (block for block in blocks_of(PAGE) if "def darknet_resize" in block.code)
    exec(block.code, functions)
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    found = functions["darknet_resize"](picture, 192, 160)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[..., ::-1].transpose(2, 0, 1), resize_planes(picture, 192, 160))
