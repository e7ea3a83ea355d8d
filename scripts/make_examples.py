#!/usr/bin/env python
"""Composes the pictures in examples/ from handwritten digits that training never saw, and writes what is in them.

    scripts/make_examples.py [--out examples]

Writes scene_1.jpg and so on, and truth.json: {file: [{"name": digit, "xyxy": [left, top, right, bottom]}, ...]}.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2

from darkcsp.files import write_whole
from scripts.digits.glyphs import handwritten
from scripts.digits.scenes import EVALUATION, Scene, compose

ROOT = Path(__file__).resolve().parents[1]
SEED = 2019
SIZES = ((480, 480), (640, 480), (480, 640), (416, 416))
"""(width, height); the network sees each squeezed into its own square input."""


def main() -> None:
    """Write pictures and truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "examples")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    truth = {}
    for number, size in enumerate(SIZES, 1):
        scene = compose(SEED, number, ((1.0, handwritten("held-out")),), replace(EVALUATION, size=size, digits=(7, 10)))
        name = f"scene_{number}.jpg"
        write_picture(options.out / name, scene)
        truth[name] = [
            {"name": str(digit), "xyxy": box}
            for digit, box in zip(scene.classes.tolist(), scene.boxes.tolist(), strict=True)
        ]
    with write_whole(options.out / "truth.json") as file:
        file.write((json.dumps(truth, indent=1) + "\n").encode())


def write_picture(path: Path, scene: Scene) -> None:
    """Write a scene as JPEG."""
    _, data = cv2.imencode(".jpg", scene.image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    with write_whole(path) as file:
        file.write(data.tobytes())


if __name__ == "__main__":
    main()
