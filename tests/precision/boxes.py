"""Detections from rows of numbers."""

from __future__ import annotations

import numpy as np

from darkcsp.detect import Detections


def found(*items: tuple[float, float, float, float, float, int]) -> Detections:
    """Make detections of (left, top, right, bottom, confidence, class)."""
    rows = np.array(items, np.float64).reshape(-1, 6)
    return Detections(rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64))
