"""Objects in a scene that are not digits: long lines, filled shapes, letters.

Short strokes and rings are left out, because nobody could distinguish them from a 1 or a 0.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from scripts.digits.backgrounds import Picture
from scripts.digits.glyphs import Mask, letters
from scripts.digits.stamp import Pose, stamp

Colour = npt.NDArray[np.float32]


def draw_line(rng: np.random.Generator, picture: Picture, colour: Colour) -> None:
    """Draw a line from edge to edge, in place."""
    height, width = picture.shape[:2]
    first, second = rng.random(2)
    if rng.random() < 0.5:
        ends = ((0, int(first * height)), (width - 1, int(second * height)))
    else:
        ends = ((int(first * width), 0), (int(second * width), height - 1))
    thickness = 1 + int(rng.integers(0, 2)) * max(height // 160, 1)
    cv2.line(picture, *ends, colour.tolist(), thickness, cv2.LINE_AA)


def shape_mask(rng: np.random.Generator, side: int) -> Mask:
    """Return the coverage of a filled disc, box or polygon."""
    mask = np.zeros((side, side), np.uint8)
    kind = rng.integers(0, 3)
    if kind == 0:
        axes = (side // 2 - 1, int(side * rng.uniform(0.3, 0.5)) - 1)
        cv2.ellipse(mask, (side // 2, side // 2), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    elif kind == 1:
        inset = int(side * rng.uniform(0, 0.3))
        cv2.rectangle(mask, (0, inset), (side - 1, side - 1 - inset), 255, -1)
    else:
        corners = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 6))))
        points = side / 2 + 0.48 * side * np.stack([np.cos(corners), np.sin(corners)], 1)
        cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA)
    return mask.astype(np.float32) / np.float32(255)


def letter_mask(rng: np.random.Generator, height: float) -> Mask:
    """Return the coverage of a letter or sign."""
    masks = letters()
    pose = Pose(height, angle=float(rng.uniform(-20, 20)), stretch=float(rng.uniform(0.8, 1.2)))
    return stamp(masks[int(rng.integers(len(masks)))], pose, (0.0, 1.0), rng).mask
