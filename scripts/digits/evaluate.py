"""Measures the default model on scenes of handwritten digits that training never saw.

    scripts/eval_digits.py [--scenes 500] [--json out/eval_digits.json]

Every scene goes through OpenCV DNN, ONNX Runtime and PyTorch. Prints mAP@0.5 and mAP@0.5:0.95 of each, computed by
pycocotools. Exits with 1 if mAP@0.5 is below 0.95, or if a figure differs by more than 0.002 between backends.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rich.progress import track

from darkcsp import Detector
from darkcsp.evaluate import AveragePrecision
from scripts.arguments import parser
from scripts.digits.measure import SEED, THRESHOLD, accuracy, scenes_of
from scripts.output import write_json

BACKENDS: tuple[str, ...] = ("opencv", "onnxruntime", "torch")
LEAST, SPREAD = 0.95, 0.002


def main() -> None:
    """Measure and report."""
    arguments = parser("eval_digits.py", __doc__)
    arguments.add_argument("--scenes", type=int, default=500, help="number of scenes (500)")
    arguments.add_argument("--cfg", type=Path, help="another model's cfg; with --weights")
    arguments.add_argument("--weights", type=Path, help="another model's weights; with --cfg")
    arguments.add_argument("--threads", type=int, help="threads of each backend")
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    options = arguments.parse_args()
    scenes = scenes_of("held-out", options.scenes)
    digits = sum(len(scene.boxes) for scene in scenes)
    print(f"{len(scenes)} scenes (seed {SEED}) with {digits} held-out handwritten digits")
    results: dict[str, AveragePrecision] = {}
    for backend in BACKENDS:
        detector = Detector(
            cfg=options.cfg,
            weights=options.weights,
            backend=backend,
            threshold=THRESHOLD,
            max_detections=0,
            threads=options.threads,
        )
        results[backend] = accuracy(detector, scenes, track(scenes, f"{backend:<12}", transient=True))
        print(line(backend, results[backend]), flush=True)
    print(by_digit(results))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        write_json(options.json, {name: asdict(result) for name, result in results.items()})
    sys.exit(verdict(results))


def line(backend: str, result: AveragePrecision) -> str:
    """Return one line of the report."""
    return f"{backend:<12} mAP@0.5 {result.map50:.4f}   mAP@0.5:0.95 {result.map50_95:.4f}"


def by_digit(results: Mapping[str, AveragePrecision]) -> str:
    """Return AP@0.5 of each digit, for the first backend."""
    name, result = next(iter(results.items()))
    figures = "  ".join(f"{digit}: {value:.3f}" for digit, value in result.by_class.items())
    return f"AP@0.5 by digit ({name})  {figures}"


def verdict(results: Mapping[str, AveragePrecision]) -> int:
    """Return 0, or 1 after printing the failures."""
    failures = []
    for figure in ("map50", "map50_95"):
        values = [getattr(result, figure) for result in results.values()]
        if max(values) - min(values) > SPREAD:
            failures.append(
                f"{figure} differs by {max(values) - min(values):.4f} between backends; expected at most {SPREAD}"
            )
    lowest = min(result.map50 for result in results.values())
    if lowest < LEAST:
        failures.append(f"mAP@0.5 is {lowest:.4f}; expected at least {LEAST}")
    for failure in failures:
        print(f"eval_digits: {failure}", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    main()
