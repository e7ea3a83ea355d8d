"""Which boxes a detector returns, and how many."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.detect import Detector
from darkcsp.detect.nms import CANDIDATES
from darkcsp.detect.suppression import chosen_suppression
from darkcsp.errors import ArgumentError, DetectionWarning
from darkcsp.modelfile.options import Suppression
from darkcsp.runtimes import HeadInfo, Metadata
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx import convert
from tests.detect.stub import Stub, detector_stub
from tests.detect.test_final_boxes import pictures, same
from tests.networks import DETECTOR, write_files

BLANK = np.zeros((100, 100, 3), np.uint8)
KINDS = ("default", "greedynms", "wongkinyiu")


def _apart(count: int) -> list[list[float]]:
    """Boxes of the first class that do not overlap, the least certain first."""
    confidence = np.linspace(0.5, 0.9, count)
    return [[(n % 40) / 40, n // 40 / 40, 0.01, 0.01, 1, confidence[n], 0] for n in range(count)]


def _stub(rows: list[list[float]], kind: str = "default") -> Stub:
    return detector_stub(rows, HeadInfo("yolo", 2, kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nms", [0.45, 0])
def test_300_detections_are_returned_and_more_are_told_of_once(kind: str, nms: float) -> None:
    detector = Detector(_stub(_apart(400), kind), nms=nms)
    with pytest.warns(DetectionWarning, match=r"^stub\.onnx: more than 300 detections in a picture") as told:
        found = detector.batch([BLANK, BLANK])
    assert [len(item) for item in found] == [300, 300]
    assert len(told) == 1
    every = Detector(_stub(_apart(400), kind), nms=nms, max_detections=0)(BLANK)
    assert len(every) == 400
    assert found[0] == every[:300]
    assert len(Detector(_stub(_apart(300), kind), nms=nms)(BLANK)) == 300  # and nothing is told


def test_max_detections() -> None:
    assert len(Detector(_stub(_apart(5)), max_detections=2)(BLANK)) == 2  # as was asked for: nothing is told
    for wrong in (-1, 2.5, "3"):
        with pytest.raises(ArgumentError, match="expected 1 or more, or 0 for all"):
            Detector(_stub(_apart(5)), max_detections=wrong)  # type: ignore[arg-type]


ONE_PLACE = [
    [0.5, 0.5, 0.2, 0.2, 1, 0.8, 0.6],
    [0.5, 0.5, 0.2, 0.2, 1, 0.3, 0.9],
    [0.2, 0.2, 0.1, 0.1, 1, 0.4, 0.5],
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [(1, 0.9), (0, 0.8), (1, 0.5), (0, 0.4)]),
        ({"one_class_per_box": True}, [(1, 0.9), (0, 0.8), (1, 0.5)]),
        ({"agnostic": True}, [(1, 0.9), (1, 0.5)]),
        ({"agnostic": True, "nms": 0}, [(1, 0.9), (0, 0.8), (1, 0.5)]),
    ],
)
def test_classes_of_a_box(kind: str, options: dict[str, Any], found: list[tuple[int, float]]) -> None:
    boxes = Detector(_stub(ONE_PLACE, kind), **options)(BLANK)
    assert [(box.class_id, round(box.confidence, 6)) for box in boxes] == found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"agnostic": True}])
@pytest.mark.parametrize("equal", [False, True])
def test_a_network_that_scores_everything_high_is_no_more_than_slow(
    kind: str, options: dict[str, Any], equal: bool
) -> None:
    """Every box of a 608x608 network, as every class: it was busy for minutes."""
    rng = np.random.default_rng(0)
    boxes, classes = 22_743, 80
    scores = np.ones((boxes, classes)) if equal else rng.uniform(0.3, 1, (boxes, classes))
    parts = (rng.random((boxes, 2)), rng.uniform(0.02, 0.3, (boxes, 2)), np.ones((boxes, 1)), scores)
    rows = np.concatenate(parts, 1, dtype=np.float32)
    head = HeadInfo("yolo", classes, kind)
    detector = Detector(Stub(Metadata("detector", "decoded", Shape(3, 608, 608), heads=(head,)), rows), **options)
    begin = time.perf_counter()
    told = "more than 300" if options else "1,819,440 scores .* above the threshold of 0.25; only the 30,000 highest"
    with pytest.warns(DetectionWarning, match=told):
        assert len(detector.interpret(rows, BLANK)) == 300
    assert time.perf_counter() - begin < 10  # a second, where nothing else runs


def test_what_is_left_out_is_less_certain_than_what_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CANDIDATES == 30_000
    rows = _apart(200)
    want = Detector(_stub(rows))(BLANK)
    monkeypatch.setattr("darkcsp.detect.detector.CANDIDATES", 50)
    monkeypatch.setattr("darkcsp.detect.detector.strongest", lambda scores: np.where(scores > 0.8, scores, 0))
    with pytest.warns(DetectionWarning, match="200 scores in a picture .* only the 50 highest"):
        found = Detector(_stub(rows))(BLANK)
    assert found == want[want.confidence > 0.8]


def test_the_usual_and_what_is_asked_for() -> None:
    metadata = Metadata("detector", "decoded", Shape(3, 8, 8), heads=(HeadInfo("yolo", 2, limits=(0.1, 0.6)),))
    assert chosen_suppression(metadata, "x") == Suppression(0.1, 0.6, 300, False, False)
    assert chosen_suppression(metadata, "x", 0.2, 0, 7, True, True) == Suppression(0.2, 0, 7, True, True)


@pytest.mark.parametrize(
    ("own", "asked", "message"),
    [
        ({}, {"agnostic": True}, "agnostic=False; agnostic=True needs another file: .* --head nms with --agnostic"),
        (
            {"agnostic": True},
            {"agnostic": False},
            "agnostic=False needs another file: .* --head nms without --agnostic",
        ),
        (
            {},
            {"one_class_per_box": True},
            "gives boxes found with one_class_per_box=False; .* with --one-class-per-box",
        ),
        ({}, {"max_detections": 301}, "gives at most 300 boxes of a class; .* --head nms --max-detections 301"),
        ({"max_detections": 1}, {"max_detections": 0}, "gives at most 1 boxes of a class; .* --max-detections 0"),
    ],
)
def test_final_boxes_are_what_the_file_has(own: dict[str, Any], asked: dict[str, Any], message: str) -> None:
    metadata = Metadata(
        "detector", "nms", Shape(3, 8, 8), heads=(HeadInfo("yolo", 2),), suppression=Suppression()._replace(**own)
    )
    assert chosen_suppression(metadata, "x.onnx") == metadata.suppression
    assert chosen_suppression(metadata, "x.onnx", max_detections=1).max_detections == 1
    with pytest.raises(ArgumentError, match=rf"^x\.onnx: .*{message}$"):
        chosen_suppression(metadata, "x.onnx", **asked)


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv", "openvino"])
@pytest.mark.parametrize(
    "options",
    [
        {"agnostic": True},
        {"one_class_per_box": True},
        {"agnostic": True, "nms": 0.0, "max_detections": 0},
        {"one_class_per_box": True, "nms": 0.0, "max_detections": 0},
        {"max_detections": 5},
    ],
)
def test_files_with_final_boxes_choose_alike(backend: str, options: dict[str, Any], tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    path = convert(cfg, weights, head="nms", threshold=0.1, **options)
    model = Detector(path, backend=backend)
    other = Detector(cfg=cfg, weights=weights, backend="onnxruntime", threshold=0.1, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DetectionWarning)
        for picture in pictures(2):
            want = other(picture)
            same(model(picture), want)
            assert len(want) >= 5


def test_a_file_that_may_have_left_out_boxes_says_so(tmp_path: Path) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), head="nms", threshold=0.05, max_detections=6)
    (picture,) = pictures(1)
    with pytest.warns(DetectionWarning, match="6 or more detections of one class in a picture; the model returns"):
        assert len(Detector(path, backend="onnxruntime")(picture)) == 6
