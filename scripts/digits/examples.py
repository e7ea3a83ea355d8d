"""Composes the pictures in examples/ from handwritten digits that training never saw, and writes what is in them.

    scripts/make_examples.py [--out examples]

Writes scene_1.jpg and so on, and truth.json: {file: [{"name": digit, "xyxy": [left, top, right, bottom]}, ...]}.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2

from darkcsp.files import write_whole
from scripts.arguments import parser
from scripts.digits.glyphs import handwritten
from scripts.digits.scenes import Scene, compose
from scripts.digits.style import EVALUATION
from scripts.places import ROOT

SEED = 2019
SIZES = ((480, 480), (640, 480), (480, 640), (416, 416))
"""(width, height); the network sees each squeezed into its own square input."""


def main() -> None:
    """Write pictures and truth."""
    arguments = parser("make_examples.py", __doc__)
    arguments.add_argument("--out", type=Path, default=ROOT / "examples")
    options = arguments.parse_args()
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
