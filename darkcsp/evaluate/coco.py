"""Mean average precision as defined by the COCO benchmark, computed by its own library (pycocotools)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.detect.detections import Detections
from darkcsp.errors import MissingBackendError


@dataclass(frozen=True)
class Truth:
    """The ground truth for one picture.

    Attributes:
        xyxy: (n, 4) boxes in pixels.
        class_id: (n,) class indices, from 0.
    """

    xyxy: npt.NDArray[np.float32]
    class_id: npt.NDArray[np.int64]


@dataclass(frozen=True)
class AveragePrecision:
    """Averages over the classes that occur, 0..1; NaN if no class occurs.

    Attributes:
        map50: mAP@0.5, at an IoU of at least 0.5.
        map50_95: mAP@0.5:0.95, the mean over the IoU thresholds 0.5, 0.55, ..., 0.95.
        by_class: AP@0.5 of each class.
    """

    map50: float
    map50_95: float
    by_class: Mapping[int, float]


def average_precision(truth: Sequence[Truth], found: Sequence[Detections]) -> AveragePrecision:
    """Compare detections with the ground truth, picture by picture. At most 100 detections per picture count.

    Raises:
        MissingBackendError: pycocotools is not installed.
        ValueError: `truth` and `found` have different lengths.
    """
    if len(truth) != len(found):
        raise ValueError(f"ground truth for {len(truth)} pictures, but detections for {len(found)}")
    try:
        coco, cocoeval = import_module("pycocotools.coco"), import_module("pycocotools.cocoeval")
    except ImportError:
        raise MissingBackendError("pycocotools", "pycocotools") from None
    classes = sorted({int(number) for picture in truth for number in picture.class_id})
    if not classes:
        return AveragePrecision(float("nan"), float("nan"), {})
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools reports its progress there
        expected, results = coco.COCO(), coco.COCO()
        expected.dataset = _dataset(classes, len(truth), _expected(truth))
        results.dataset = _dataset(classes, len(truth), _results(found))
        expected.createIndex()
        results.createIndex()
        judge = cocoeval.COCOeval(expected, results, "bbox")
        judge.evaluate()
        judge.accumulate()
    return _summary(judge.eval["precision"], classes)


def _summary(precision: npt.NDArray[np.float64], classes: Sequence[int]) -> AveragePrecision:
    """Average precisions (overlaps, recalls, classes, areas, limits) over recalls, for all areas and 100 detections."""
    by_overlap = precision[:, :, :, 0, -1].mean(1)
    by_class = {number: float(value) for number, value in zip(classes, by_overlap[0], strict=True)}
    return AveragePrecision(float(by_overlap[0].mean()), float(by_overlap.mean()), by_class)


def _dataset(classes: Sequence[int], pictures: int, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "images": [{"id": number} for number in range(pictures)],
        "categories": [{"id": number} for number in classes],
        "annotations": annotations,
    }


def _expected(truth: Sequence[Truth]) -> list[dict[str, Any]]:
    rows = [
        _annotation(picture, box, int(class_id))
        for picture, boxes in enumerate(truth)
        for box, class_id in zip(boxes.xyxy.tolist(), boxes.class_id, strict=True)
    ]
    return _numbered(rows)


def _results(found: Sequence[Detections]) -> list[dict[str, Any]]:
    rows = [
        _annotation(picture, box, int(class_id)) | {"score": float(score)}
        for picture, boxes in enumerate(found)
        for box, class_id, score in zip(boxes.xyxy.tolist(), boxes.class_id, boxes.confidence, strict=True)
    ]
    return _numbered(rows)


def _annotation(picture: int, box: Sequence[float], class_id: int) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    return {
        "image_id": picture,
        "category_id": class_id,
        "bbox": [x1, y1, width, height],
        "area": width * height,
        "iscrowd": 0,
    }


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add IDs, which start from 1 because pycocotools uses 0 for no match."""
    return [row | {"id": number} for number, row in enumerate(rows, 1)]
