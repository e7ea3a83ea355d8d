"""How a cv2.dnn script's boxes differ from darkcsp's: each of its habits by itself, then all of them, on one picture.

    scripts/check_tutorial [PICTURE] [--cfg FILE --weights FILE] [--threshold NUMBER] [--nms NUMBER]

PICTURE is examples/scene_3.jpg by default, the network the default model. All boxes come from ONNX Runtime, so that
only what is around the network differs. Prints a Markdown table: boxes, those of darkcsp that are lost and others that
are gained (of the same class, IoU at least 0.5), and of the rest the least IoU and the largest change of a confidence.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from darkcsp.arrays import Array
from darkcsp.detect import Detections, Detector
from darkcsp.detect.preprocess import Picture
from darkcsp.errors import DarkcspError
from darkcsp.media import read_picture
from darkcsp.precision.matching import match
from darkcsp.runtimes import open_runtime
from scripts.arguments import parser
from scripts.places import ROOT

SCENE = ROOT / "examples" / "scene_3.jpg"
CFG, WEIGHTS = ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights"


def main() -> None:
    """Compare and print."""
    arguments = parser("check_tutorial", __doc__)
    arguments.add_argument("picture", nargs="?", type=Path, default=SCENE)
    arguments.add_argument("--cfg", type=Path, default=CFG)
    arguments.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments.add_argument("--threshold", type=float, default=0.25)
    arguments.add_argument("--nms", type=float, default=0.45)
    options = arguments.parse_args()
    try:
        runtime = open_runtime(cfg=options.cfg, weights=options.weights, backend="onnxruntime")
        detector = Detector(runtime, threshold=options.threshold, nms=options.nms)
        found = ways(detector, read_picture(options.picture))
    except DarkcspError as error:
        sys.exit(str(error))
    print("\n".join(table(found)))


def ways(detector: Detector, picture: Picture) -> Mapping[str, Detections]:
    """Return what is found in each way; the first is darkcsp's own, the last the tutorial's loop."""
    everything = Detector(detector.runtime, threshold=detector.threshold, nms=0)
    as_opencv = Detector(detector.runtime, threshold=detector.threshold, nms=detector.nms, resize="opencv")
    (rows,), (opencv_rows,) = (one.infer([one.prepare(picture)]) for one in (detector, as_opencv))
    return {
        "darkcsp": detector(picture),
        "`cv2.resize` instead of Darknet's resize": as_opencv(picture),
        "the best class of each box only": detector.interpret(best_class_only(rows), picture),
        "suppression across classes (`NMSBoxes`)": across_classes(everything.interpret(rows, picture), detector),
        "whole pixels": whole_pixels(detector(picture)),
        "all four, as in the tutorials": across_classes(
            whole_pixels(everything.interpret(best_class_only(opencv_rows), picture)), detector
        ),
    }


def best_class_only(rows: Array) -> Array:
    """Leave each row of (boxes, 5 + classes) only its highest score."""
    scores = rows[:, 5:]
    kept = np.where(np.arange(scores.shape[1]) == scores.argmax(1)[:, None], scores, np.float32(0))
    return np.concatenate([rows[:, :5], kept], 1)


def across_classes(found: Detections, detector: Detector) -> Detections:
    """Suppress boxes of any class by those of any other."""
    sides = np.concatenate([found.xyxy[:, :2], found.xyxy[:, 2:] - found.xyxy[:, :2]], 1)
    kept = cv2.dnn.NMSBoxes(sides.tolist(), found.confidence.tolist(), detector.threshold, detector.nms)
    return found[np.asarray(kept, np.intp).ravel()]


def whole_pixels(found: Detections) -> Detections:
    """Cut left, top, width and height to whole numbers."""
    near, far = found.xyxy[:, :2], found.xyxy[:, 2:]
    return replace(found, xyxy=np.concatenate([np.trunc(near), np.trunc(near) + np.trunc(far - near)], 1))


def table(found: Mapping[str, Detections]) -> list[str]:
    """A row for each way."""
    rows = [
        "| what is done | boxes | lost | gained | least IoU | largest change of a confidence |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    wanted = next(iter(found.values()))
    for name, detections in found.items():
        result = match(wanted, detections)
        overlap = min((pair.iou for pair in result.pairs), default=1.0)
        change = max((abs(pair.score) for pair in result.pairs), default=0.0)
        counts = f"{len(detections)} | {len(result.lost)} | {len(result.gained)}"
        rows.append(f"| {name} | {counts} | {overlap:.3f} | {change:.3f} |")
    return rows


if __name__ == "__main__":
    main()
