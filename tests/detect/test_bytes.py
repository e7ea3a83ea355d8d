"""Models that take bytes are given bytes all the way, and find what they find in rounded floats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp import Classifier, Detector
from darkcsp.detect.detections import Detections
from darkcsp.detect.preprocess import classifier_input, detector_input
from darkcsp.runtimes import Metadata, engines_of
from darkcsp.runtimes.runtime import Pixels, noise, run_prepared
from darkcsp.runtimes.session import Session
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx import convert
from tests.detect.stub import Stub, detector_stub
from tests.networks import CLASSIFIER, DETECTOR, write_files

PICTURES = [np.random.default_rng(size).integers(0, 256, (size, 50, 3), np.uint8) for size in (32, 40, 21)]


@pytest.mark.parametrize(("backend", "engine"), [("onnxruntime", "auto"), ("opencv", engines_of("opencv")[0])])
@pytest.mark.parametrize("batch", [1, 2, None])
@pytest.mark.parametrize("letter_box", [False, True])
def test_a_detector_finds_the_same_as_with_floats(
    letter_box: bool, batch: int | None, backend: str, engine: str, tmp_path: Path
) -> None:
    text = DETECTOR.replace("[net]", "[net]\nletter_box=1") if letter_box else DETECTOR
    path = convert(*write_files(tmp_path, text), tmp_path / "x.onnx", input="uint8", batch=batch)
    detector = Detector(path, backend=backend, engine=engine, threshold=0.2)
    inputs = [detector.prepare(picture) for picture in PICTURES]
    assert {(item.shape, str(item.dtype)) for item in inputs} == {((32, 32, 3), "uint8")}
    floats = [detector_input(picture, detector.runtime.input_shape, detector.resize) for picture in PICTURES]
    want, found = run_prepared(detector.runtime, floats), run_prepared(detector.runtime, inputs)
    for one, other in zip(want, found, strict=True):
        np.testing.assert_array_equal(one, other)
    both: list[Detections] = detector.batch(PICTURES)
    assert sum(map(len, both)) > 0


def test_a_classifier_finds_the_same_as_with_floats(tmp_path: Path) -> None:
    path = convert(*write_files(tmp_path, CLASSIFIER), tmp_path / "x.onnx", input="uint8")
    classifier = Classifier(path, backend="onnxruntime")
    for picture in PICTURES:
        (found,) = classifier.infer([classifier.prepare(picture)])
        (want,) = classifier.infer([classifier_input(picture, classifier.runtime.input_shape)])
        np.testing.assert_array_equal(found, want)
        assert classifier.prepare(picture).dtype == np.uint8


def test_engines_are_handed_the_very_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx", input="uint8")
    detector = Detector(path, backend="onnxruntime")
    given: list[Pixels] = []
    call = Session._call

    def watched(session: Session, feeds: dict[str, Any]) -> Any:
        given.append(feeds["images"])
        return call(session, feeds)

    monkeypatch.setattr(Session, "_call", watched)
    prepared = detector.prepare(PICTURES[1])
    detector.infer([prepared])
    assert np.shares_memory(given[0], prepared)


def test_noise_is_what_the_model_takes() -> None:
    floats = detector_stub([])
    assert noise(floats, 2).shape == (2, 3, 100, 100) and noise(floats).dtype == np.float32
    bytes_ = noise(Stub(Metadata("detector", "decoded", Shape(3, 8, 9), pixels="uint8"), np.zeros(1, np.float32)))
    assert bytes_.shape == (1, 8, 9, 3) and bytes_.dtype == np.uint8
