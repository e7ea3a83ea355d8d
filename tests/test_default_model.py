"""The model that comes with the package: whole, what the zoo builds, and able to find what is in the examples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from darkcsp import Detector, build_graph, read_weights
from darkcsp.runtimes.backends import is_installed
from darkcsp.zoo.digits import SIZE, digits_cfg
from tests.modules import network_of
from tests.pictures import imread

ROOT = Path(__file__).parent.parent
CFG, WEIGHTS, NAMES = (ROOT / path for path in ("cfgs/digits.cfg", "weights/digits.weights", "weights/digits.names"))
EXAMPLES = ROOT / "examples"
TRUTH = json.loads((EXAMPLES / "truth.json").read_text())
BACKENDS = tuple(backend for backend in ("opencv", "onnxruntime", "torch") if is_installed(backend))


def overlap(first: list[float], second: list[float]) -> float:
    sides = [min(first[i + 2], second[i + 2]) - max(first[i], second[i]) for i in (0, 1)]
    shared = max(sides[0], 0) * max(sides[1], 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return shared / (sum(areas) - shared)


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_finds_the_digits_of_the_examples(backend: str) -> None:
    detector = Detector(backend=backend)
    assert detector.names == tuple("0123456789")
    hits = found = wanted = 0
    for file, digits in TRUTH.items():
        detections = detector(imread(EXAMPLES / file))
        boxes = list(zip(detections.names, detections.xyxy.tolist(), strict=True))
        for digit in digits:
            hits += any(name == digit["name"] and overlap(box, digit["xyxy"]) > 0.5 for name, box in boxes)
        found, wanted = found + len(boxes), wanted + len(digits)
    assert wanted >= 20
    assert hits >= 0.9 * wanted
    assert found <= 1.15 * wanted


def test_backends_find_the_same() -> None:
    picture = imread(EXAMPLES / next(iter(TRUTH)))
    first, *others = (Detector(backend=backend)(picture) for backend in BACKENDS)
    for other in others:
        assert other.names == first.names
        np.testing.assert_allclose(other.xyxy, first.xyxy, atol=0.5)
        np.testing.assert_allclose(other.confidence, first.confidence, atol=2e-3)


def test_the_weights_are_written_back_byte_for_byte(tmp_path: Path) -> None:
    graph = build_graph(CFG)
    weights = read_weights(WEIGHTS, graph)
    assert not weights.is_partial and graph.notices == ()
    network_of(graph, weights).save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes() == WEIGHTS.read_bytes()


def test_the_weights_are_small_and_sound() -> None:
    assert WEIGHTS.stat().st_size <= 10e6
    graph = build_graph(CFG)
    for blobs in read_weights(WEIGHTS, graph).values():
        assert all(np.isfinite(array).all() for array in blobs.values())
        assert (blobs.get("variances", np.ones(1)) > 0).all()


def test_the_cfg_is_what_the_zoo_builds() -> None:
    graph = build_graph(CFG)
    assert digits_cfg().to_bytes() == CFG.read_bytes()
    assert graph.input == (3, SIZE, SIZE)
    assert [head.classes for head in graph.heads] == [10, 10]


def test_names() -> None:
    assert NAMES.read_text().split() == list("0123456789")
