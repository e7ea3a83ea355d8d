"""Networks that see something, and pictures for them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CFG, WEIGHTS = ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights"


def write_pictures(folder: Path, count: int = 3, size: int = 32) -> Path:
    """Write pictures of coloured clouds."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        small = rng.integers(0, 256, (4, 4, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC))
    return folder
