"""Trained checkpoints find on photographs what Darknet itself finds with them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.detect import Detections, Detector
from darkcsp.detect.nms import overlap
from darkcsp.runtimes import engines_of
from tests.pictures import imread
from tests.reference import SHARED, UPSTREAM

GOLDEN = SHARED / "golden" / "detections"
CHECKPOINTS = {path.stem: path for path in sorted((UPSTREAM / "dog-qiuqiu").rglob("*.weights"))}
BACKENDS: list[tuple[str, str]] = [
    *(("opencv", engine) for engine in sorted(engines_of("opencv"))),
    ("onnxruntime", "auto"),
    ("torch", "auto"),
    ("openvino", "auto"),
]
LEAST_IOU, MOST_DIFFERENCE, CERTAIN = 0.90, 0.03, 0.30

pytestmark = [
    pytest.mark.skipif(not CHECKPOINTS, reason="the checkpoints are not here"),
    pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning"),
]


class Wanted(NamedTuple):
    """One of Darknet's detections; the box is cx, cy, w, h in pixels."""

    name: str
    confidence: float
    box: npt.NDArray[np.float32]


@cache
def _detector(checkpoint: str, backend: str, engine: str, nms: float = 0.45) -> Detector:
    weights = CHECKPOINTS[checkpoint]
    names = UPSTREAM / ("voc.names" if checkpoint.endswith("voc") else "coco.names")
    return Detector(
        cfg=weights.with_suffix(".cfg"),
        weights=weights,
        backend=backend,
        engine=engine,
        names=names,
        nms=nms,
        threads=1,
    )


@cache
def _picture(name: str) -> npt.NDArray[np.uint8]:
    return imread(UPSTREAM / "images" / f"{name}.jpg")


def _wanted(checkpoint: str) -> dict[str, list[Wanted]]:
    return {
        picture: [_read(item, _picture(picture).shape[:2]) for item in items]
        for picture, items in json.loads((GOLDEN / f"{checkpoint}@0.25.json").read_text()).items()
    }


def _read(item: dict[str, Any], size: tuple[int, int]) -> Wanted:
    box = item["relative_coordinates"]
    sides = np.array([size[1], size[0], size[1], size[0]])
    relative = np.array([box[key] for key in ("center_x", "center_y", "width", "height")])
    return Wanted(str(item["name"]), float(item["confidence"]), (relative * sides).astype(np.float32))


def _match(wanted: Wanted, found: Detections, taken: set[int]) -> int | None:
    """Position of the detection that is Darknet's, if there is one."""
    xywh = np.concatenate([(found.xyxy[:, :2] + found.xyxy[:, 2:]) / 2, found.xyxy[:, 2:] - found.xyxy[:, :2]], 1)
    order: list[int] = np.argsort(-overlap(wanted.box, xywh)).tolist()
    for position in order:
        same = found.names[position] == wanted.name and position not in taken
        near = overlap(wanted.box, xywh[position : position + 1])[0] >= LEAST_IOU
        if same and near and abs(found.confidence[position] - wanted.confidence) <= MOST_DIFFERENCE:
            return position
    return None


def _tied(wanted: Wanted, everything: Detections, left: Detections) -> int | None:
    """Position in `left` of a box that, as certain as Darknet's but for the tolerance, took its place.

    Of two such boxes that suppress each other, the decoder of the JPEG file decides which one stays: Darknet's differs
    from OpenCV's by up to 3 of 255.
    """
    if _match(wanted, everything, set()) is None:
        return None
    close = [
        position
        for position, name in enumerate(left.names)
        if name == wanted.name and abs(left.confidence[position] - wanted.confidence) <= MOST_DIFFERENCE / 10
    ]
    return close[0] if close else None


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
@pytest.mark.parametrize(("backend", "engine"), BACKENDS)
def test_detections_are_darknet_s(backend: str, engine: str, checkpoint: str) -> None:
    if backend == "openvino":
        pytest.importorskip("openvino")
    detector = _detector(checkpoint, backend, engine)
    ties = 0
    for picture, wanted in _wanted(checkpoint).items():
        found = detector(_picture(picture))
        taken: set[int] = set()
        missing = []
        for item in wanted:
            position = _match(item, found, taken)
            if position is None:
                missing.append(item)
            else:
                taken.add(position)
        for item in missing:
            everything = _detector(checkpoint, backend, engine, nms=0)(_picture(picture))
            rest = [position for position in range(len(found)) if position not in taken]
            position = _tied(item, everything, found[rest])
            assert position is not None, f"{picture}: {item.name} {item.confidence} is not found"
            taken.add(rest[position])
            ties += 1
        extra = [found.confidence[position] for position in range(len(found)) if position not in taken]
        assert max(extra, default=0) <= CERTAIN, f"{picture}: too much is found"
    assert ties <= (checkpoint == "MobileNetV2-YOLO-Fastest-voc")  # two cows, 0.0014 apart


def test_every_checkpoint_was_measured() -> None:
    assert len(CHECKPOINTS) == 3
    assert {path.name for path in GOLDEN.glob("*@0.25.json")} == {f"{name}@0.25.json" for name in CHECKPOINTS}
    assert sum(len(items) for name in CHECKPOINTS for items in _wanted(name).values()) == 58


def test_files_find_what_cfg_and_weights_find(tmp_path: Path) -> None:
    from darkcsp.to_onnx import convert

    checkpoint = "yolo-fastest-1.1"
    weights = CHECKPOINTS[checkpoint]
    path = convert(weights.with_suffix(".cfg"), weights, tmp_path / "x.onnx")
    found, want = Detector(path)(_picture("dog")), _detector(checkpoint, "opencv", "auto")(_picture("dog"))
    np.testing.assert_allclose(found.xyxy, want.xyxy, rtol=1e-4, atol=1e-2)
    np.testing.assert_array_equal(found.class_id, want.class_id)
