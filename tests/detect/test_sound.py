"""Outputs that are no numbers are errors where they would make things up or hide them, and nowhere else."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from darkcsp import Classifier, Detector
from darkcsp.errors import CfgWarning, ModelError
from darkcsp.modelfile.options import Suppression
from darkcsp.runtimes import BACKENDS, HeadInfo, Metadata
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx import convert
from darkcsp.weightfile import Weights, write_weights
from tests.detect.stub import Stub, detector_stub
from tests.networks import DETECTOR, graph_of, weights_of

NAN, INFINITE = float("nan"), float("inf")
PICTURE = np.zeros((50, 100, 3), np.uint8)
GOOD = [0.5, 0.5, 0.2, 0.2, 0.9, 0.8, 0.0]
HIDES = "NaN or infinite values instead of scores and boxes"


@pytest.mark.parametrize(
    "row",
    [
        [0.5, 0.5, 0.2, 0.2, NAN, 0.8, 0.0],
        [0.5, 0.5, 0.2, 0.2, 0.9, NAN, 0.0],
        [0.5, 0.5, 0.2, 0.2, 0.0, 0.0, NAN],
        [0.5, 0.5, 0.2, 0.2, 0.9, INFINITE, 0.0],
        [NAN, 0.5, 0.2, 0.2, 0.9, 0.8, 0.0],
        [0.5, 0.5, INFINITE, 0.2, 0.9, 0.8, 0.0],
        [0.5, 0.5, 0.2, 1e38, 0.9, 0.8, 0.0],
    ],
)
@pytest.mark.parametrize("nms_kind", ["default", "wongkinyiu"])
def test_what_would_be_found_or_hidden_is_refused(row: list[float], nms_kind: str) -> None:
    detector = Detector(detector_stub([GOOD, row], HeadInfo("yolo", 2, nms_kind=nms_kind)))
    with pytest.raises(ModelError, match=f"stub.onnx: output 'detections' has 1 {HIDES}"):
        detector(PICTURE)


@pytest.mark.parametrize(
    "row",
    [
        [0.5, 0.5, INFINITE, INFINITE, 0.01, 0.01, 0.0],
        [0.5, NAN, 0.2, 0.2, 0.01, 0.01, 0.0],
        [0.5, 0.5, 0.2, 0.2, -INFINITE, -INFINITE, 0.0],
        [-1e8, 1e8, 1e8, 1e8, 0.9, 0.8, 0.0],
    ],
)
def test_what_is_not_found_may_be_anything(row: list[float]) -> None:
    found = Detector(detector_stub([GOOD, row]))(PICTURE)
    assert np.isfinite(found.xyxy).all()
    assert found.confidence.max() == np.float32(0.8)


@pytest.mark.parametrize("column", [2, 3, 6])
def test_final_boxes(column: int) -> None:
    final = np.array([[0, 1, 0.9, 0.1, 0.1, 0.2, 0.2], [0, 1, 0.9, 0.5, 0.5, 0.6, 0.6]], np.float32)
    metadata = Metadata(
        "detector", "nms", Shape(3, 100, 100), "stretch", (HeadInfo("yolo", 2),), suppression=Suppression()
    )
    detector = Detector(Stub(metadata, final))
    assert len(detector.interpret(final, PICTURE)) == 2
    final[1, column] = NAN
    with pytest.raises(ModelError, match=HIDES):
        detector.interpret(final, PICTURE)


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ([0.9, NAN, 0.0], False),
        ([INFINITE, 0, 0], False),
        ([1, -1e38, 0], True),
        ([0.9, 0.1, -INFINITE], True),
    ],
)
def test_classes(values: list[float], good: bool) -> None:
    metadata = Metadata("classifier", "decoded", Shape(3, 8, 8), "stretch", ())
    classifier = Classifier(Stub(metadata, np.array(values, np.float32)), top=2)
    if good:
        assert classifier(PICTURE)[0].class_id == 0
    else:
        with pytest.raises(ModelError, match=HIDES):
            classifier(PICTURE)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("all_of_them", [True, False])
def test_a_network_of_broken_weights_finds_nothing_to_say(backend: str, all_of_them: bool, tmp_path: Path) -> None:
    if not BACKENDS[backend].is_installed():
        pytest.skip(f"{backend} is not installed")
    graph, weights = graph_of(DETECTOR), weights_of(graph_of(DETECTOR))
    nothing = {layer: {name: np.full_like(array, NAN) for name, array in weights[layer].items()} for layer in weights}
    broken = nothing if all_of_them else {**weights, max(weights): nothing[max(weights)]}
    (tmp_path / "x.cfg").write_text(DETECTOR)
    with pytest.warns() as told:
        write_weights(tmp_path / "x.weights", Weights(broken), graph)
        detector = Detector(cfg=tmp_path / "x.cfg", weights=tmp_path / "x.weights", backend=backend)
    assert {item.category for item in told} == {CfgWarning}
    assert len([item for item in told if "are not finite numbers" in str(item.message)]) == (8 if all_of_them else 4)
    with pytest.raises(ModelError, match=HIDES):
        detector(PICTURE)
    if BACKENDS[backend].reads_onnx:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CfgWarning)
            path = convert(tmp_path / "x.cfg", tmp_path / "x.weights")
        with pytest.raises(ModelError, match=HIDES):
            Detector(path, backend=backend)(PICTURE)
