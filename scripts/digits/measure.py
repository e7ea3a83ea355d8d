"""Accuracy of a detector on scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from darkcsp import Detections
from darkcsp.evaluate import AveragePrecision, Truth, average_precision
from scripts.digits.glyphs import handwritten
from scripts.digits.scenes import Scene, compose
from scripts.digits.style import EVALUATION, Style

SEED = 20200419
"""Seed of the evaluation scenes."""

THRESHOLD = 0.005
"""Minimum confidence of detections. AP needs uncertain ones too."""


def scenes_of(part: str, count: int, seed: int = SEED, style: Style = EVALUATION) -> list[Scene]:
    """Compose scenes 0 to `count` of handwritten digits of "training" or "held-out"."""
    return [compose(seed, number, ((1.0, handwritten(part)),), style) for number in range(count)]


def accuracy(
    detect: Callable[[npt.NDArray[np.uint8]], Detections],
    scenes: Sequence[Scene],
    watched: Iterable[Scene] | None = None,
) -> AveragePrecision:
    """Run a detector on scenes and compare its detections with the ground truth.

    Args:
        detect: the detector.
        scenes: the scenes.
        watched: the same scenes, wrapped in something that shows progress.
    """
    truth = [Truth(scene.boxes, scene.classes) for scene in scenes]
    return average_precision(truth, [detect(scene.image) for scene in watched or scenes])
