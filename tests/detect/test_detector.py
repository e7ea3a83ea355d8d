"""From a network's rows to detections in the picture's pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.detect import Detector, default
from darkcsp.errors import ArgumentError, CfgWarning, DarkcspError, ModelError
from darkcsp.runtimes import HeadInfo, open_runtime
from darkcsp.spec.program import SEMANTICS
from darkcsp.to_onnx import convert
from tests.detect.stub import detector_stub
from tests.networks import CLASSIFIER, DETECTOR, POOLING, write_files

BLANK = np.zeros((50, 200, 3), np.uint8)
ROW = [0.5, 0.5, 0.2, 0.4, 0.9, 0.8, 0.1]


def test_boxes_are_pixels_of_the_picture() -> None:
    found = Detector(detector_stub([ROW]), names=["cat", "dog"])(BLANK)
    np.testing.assert_allclose(found.xyxy, [[80, 15, 120, 35]], rtol=1e-5)
    assert found.names == ("cat",)
    assert found.confidence.tolist() == [np.float32(0.8)]


def test_boxes_may_reach_beyond_the_picture() -> None:
    found = Detector(detector_stub([[0.0, 1.0, 0.2, 0.4, 0.9, 0.8, 0.1]]))(BLANK)
    np.testing.assert_allclose(found.xyxy, [[-20, 40, 20, 60]], rtol=1e-5)


def test_letter_box_is_undone() -> None:
    """A picture four times as wide as high fills the middle quarter of the input."""
    found = Detector(detector_stub([[0.5, 0.5, 0.2, 0.1, 0.9, 0.8, 0.1]], resize="letter_box"))(BLANK)
    np.testing.assert_allclose(found.xyxy, [[80, 15, 120, 35]], rtol=1e-4)
    found = Detector(detector_stub([[0.5, 0.375, 0.2, 0.1, 0.9, 0.8, 0.1]], resize="letter_box"))(BLANK)
    np.testing.assert_allclose(found.xyxy, [[80, -10, 120, 10]], rtol=1e-4, atol=1e-4)


def test_the_most_certain_come_first_and_a_box_may_be_of_two_classes() -> None:
    rows = [[0.2, 0.2, 0.1, 0.1, 0.9, 0.3, 0.7], [0.8, 0.8, 0.1, 0.1, 0.9, 0.5, 0.2]]
    found = Detector(detector_stub(rows))(BLANK)
    assert found.class_id.tolist() == [1, 0, 0]
    np.testing.assert_allclose(found.confidence, [0.7, 0.5, 0.3])


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        (HeadInfo("yolo", 2, compares_objectness=True), [0.8]),  # objectness must be above the threshold, too
        (HeadInfo("region", 2), [0.8, 0.3]),
        (HeadInfo("detection", 2), [0.8, 0.3]),
        # A class of the tree counts without objectness.
        (HeadInfo("region", 2, tree=True, compares_objectness=True), [0.8 / 0.9, 0.5]),
    ],
)
def test_what_must_be_above_the_threshold(head: HeadInfo, kept: list[float]) -> None:
    rows = [
        [0.2, 0.2, 0.1, 0.1, 0.9, 0.8, 0.0],
        [0.8, 0.8, 0.1, 0.1, 0.2, 0.3, 0.0],
        [0.5, 0.5, 0.1, 0.1, 0.26, 0.13, 0.0],
    ]
    found = Detector(detector_stub(rows, head))(BLANK)
    np.testing.assert_allclose(found.confidence, kept, rtol=1e-6)


def test_threshold_is_exclusive() -> None:
    rows = [[0.5, 0.5, 0.1, 0.1, 0.9, 0.25, 0.5]]
    assert Detector(detector_stub(rows))(BLANK).class_id.tolist() == [1]
    assert Detector(detector_stub(rows), threshold=0.2)(BLANK).class_id.tolist() == [1, 0]


def test_suppression_is_the_cfg_s() -> None:
    """Two boxes of the same size, a third of it apart: they overlap by half, less the share of their distance."""
    rows = [[0.5, 0.5, 0.3, 0.3, 0.9, 0.8, 0], [0.6, 0.5, 0.3, 0.3, 0.9, 0.7, 0]]
    counts = {
        kind: len(Detector(detector_stub(rows, HeadInfo("yolo", 2, kind, beta)), nms=0.45)(BLANK))
        for kind, beta in [("default", 0.6), ("greedynms", 9), ("diounms", 9)]
    }
    assert counts == {"default": 1, "greedynms": 2, "diounms": 1}
    assert len(Detector(detector_stub(rows), nms=0)(BLANK)) == 2


def test_distances_are_relative_to_the_picture_without_its_bars() -> None:
    """In a letter box, the centres lie further apart relative to the picture than relative to the input."""
    head = HeadInfo("yolo", 2, "diounms", 0.9)
    rows = [[0.5, 0.5, 0.5, 0.05, 0.9, 0.8, 0], [0.5, 0.51, 0.5, 0.05, 0.9, 0.7, 0]]
    assert len(Detector(detector_stub(rows, head), nms=0.662)(BLANK)) == 1
    assert len(Detector(detector_stub(rows, head, resize="letter_box"), nms=0.662)(BLANK)) == 2


def test_hidden_classes_are_not_reported() -> None:
    rows = [[0.5, 0.5, 0.1, 0.1, 0.9, 0.6, 0.5]]
    assert Detector(detector_stub(rows), names=["dont_show", "dog"])(BLANK).names == ("dog",)


def test_nothing_found() -> None:
    found = Detector(detector_stub([[0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1]]))(BLANK)
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)


def test_pictures_of_a_batch_keep_their_sizes() -> None:
    stub = detector_stub([ROW])
    found = Detector(stub).batch([BLANK, np.zeros((10, 10), np.uint8)])
    np.testing.assert_allclose(found[1].xyxy, [[4, 3, 6, 7]], rtol=1e-5)
    assert [batch.shape for batch in stub.given] == [(2, 3, 100, 100)]
    assert Detector(stub).batch([]) == []


def test_recurrent_networks_see_pictures_one_after_the_other() -> None:
    stub = detector_stub([ROW])
    stub.recurrent = True
    assert len(Detector(stub).batch([BLANK, BLANK])) == 2
    assert [len(batch) for batch in stub.given] == [1, 1]


def test_arguments_are_checked() -> None:
    with pytest.raises(ArgumentError, match=r"threshold=1\.5: expected a number from 0 to 1"):
        Detector(detector_stub([ROW]), threshold=1.5)
    with pytest.raises(ArgumentError, match="nms=-1: expected a number from 0 to 1"):
        Detector(detector_stub([ROW]), nms=-1)
    with pytest.raises(ArgumentError, match="model= is already open; do not pass cfg= or weights= with it"):
        Detector(detector_stub([ROW]), cfg="x.cfg")
    with pytest.raises(ArgumentError, match=r"cv2\.imread returns None"):
        Detector(detector_stub([ROW]))(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_a_network_of_its_own(backend: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    names = tmp_path / "x.names"
    names.write_text("cat\n")
    with pytest.warns(CfgWarning, match="has 2 classes, but names for 1"):
        detector = darkcsp.Detector(cfg=cfg, weights=weights, backend=backend, names=names, threshold=0.2)
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(2)]
    both = detector.batch(pictures)
    assert detector.names == ("cat",)
    assert {name for found in both for name in found.names} == {"cat", "1"}
    for picture, found in zip(pictures, both, strict=True):
        alone = detector(picture)
        assert alone.names == found.names
        np.testing.assert_allclose(alone.xyxy, found.xyxy, rtol=1e-3, atol=1e-2)
        assert (alone.confidence > 0.2).all()
        assert (np.diff(alone.confidence) <= 0).all()


def test_names_of_the_file(tmp_path: Path) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), names=["käse", "brot"])
    assert Detector(path).names == ("käse", "brot")
    assert Detector(path, names=["x", "y"]).names == ("x", "y")


def test_the_wrong_kind_of_model_is_refused(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    with pytest.raises(ModelError, match=r"x\.cfg: has no detection heads; open it with darkcsp\.Classifier"):
        Detector(cfg=cfg, weights=weights)
    cfg, weights = write_files(tmp_path, DETECTOR)
    raw = open_runtime(cfg=cfg, weights=weights, head="raw")
    with pytest.raises(ModelError, match="has head 'raw', but a detector needs 'decoded'"):
        Detector(raw)


def test_the_default_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    files = {"x.cfg": cfg, "x.weights": weights}
    monkeypatch.setattr(default, "NAME", "x")
    with pytest.raises(
        DarkcspError, match="x: the default model is not installed; pass model=, or both cfg= and weights="
    ):
        Detector()
    monkeypatch.setattr(default, "_resource", lambda folder, name: files.get(name))
    assert Detector().names == ()
    (tmp_path / "x.names").write_text("zero\none\n")
    files["x.names"] = tmp_path / "x.names"
    assert Detector().names == ("zero", "one")


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime"])
def test_semantics(backend: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, POOLING)
    image = np.random.default_rng(0).integers(0, 256, (32, 64, 3), np.uint8)
    trained, cpu = (
        Detector(cfg=cfg, weights=weights, threshold=0.1, nms=0, max_detections=0, backend=backend, semantics=semantics)
        for semantics in SEMANTICS
    )
    assert (trained.runtime.metadata.program.semantics, cpu.runtime.metadata.program.semantics) == SEMANTICS
    found, others = trained(image), cpu(image)
    assert len(found) == len(others) > 0  # every box that the head has
    assert found.confidence.tolist() != others.confidence.tolist()
    again = Detector(
        convert(cfg, weights, tmp_path / "x.onnx"), threshold=0.1, nms=0, max_detections=0, backend=backend
    )(image)
    np.testing.assert_allclose(again.xyxy, found.xyxy, rtol=1e-4, atol=1e-3)
