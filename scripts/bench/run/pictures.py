"""Pictures of noise, and a threshold for a detector with random weights."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from darkcsp import Detector
from darkcsp.detect.preprocess import Picture

FRAME = (1280, 720)
"""Width and height of a video frame."""


def make_pictures(folder: Path, count: int, width: int, height: int) -> None:
    """Write JPEG pictures of smooth noise, which take as long to decode as photographs."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        cv2.imwrite(str(folder / f"{number:04d}.jpg"), noise(rng, width, height))


def noise(rng: np.random.Generator, width: int, height: int) -> Picture:
    """Return a picture of coloured clouds, (height, width, 3) uint8."""
    small = rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def threshold_for(detector: Detector, boxes: int = 20) -> float:
    """Return a threshold that only some boxes pass, as with trained weights; random weights score thousands high."""
    (rows,) = detector.infer([detector.prepare(noise(np.random.default_rng(1), *FRAME))])
    return float(min(np.sort(rows[:, 5:].ravel())[-boxes - 1], 1))
