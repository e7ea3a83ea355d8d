"""A mask in its final pose: resized, rotated, sheared and bent, with a given stroke width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from scripts.digits.glyphs import Mask, trim

FAINT = 0.02
"""Coverage below which nothing is painted."""

INK = 0.35
"""Coverage above which a pixel is part of the digit. A box spans these pixels."""


@dataclass(frozen=True)
class Pose:
    """How a mask is put into a picture.

    Attributes:
        height: pixels from top to bottom, before it is rotated.
        stretch: width relative to that in the mask's own proportions.
        angle: degrees, anticlockwise.
        shear: horizontal shift relative to the height.
        bend: standard deviation of a smooth displacement, relative to the height.
        weight: shift of the ink's threshold; above 0, strokes are wider.
    """

    height: float
    stretch: float = 1.0
    angle: float = 0.0
    shear: float = 0.0
    bend: float = 0.0
    weight: float = 0.0


class Stamp(NamedTuple):
    """A painted mask, and the position of its ink.

    Attributes:
        mask: coverage, soft edges included.
        ink: (left, top, right, bottom) of coverage above INK, in the mask's pixels.
    """

    mask: Mask
    ink: tuple[int, int, int, int]


def stamp(mask: Mask, pose: Pose, edge: tuple[float, float], rng: np.random.Generator) -> Stamp:
    """Return a posed mask."""
    upright = _resize(mask, pose)
    h, w = upright.shape
    angle = np.deg2rad(pose.angle)
    side = int(np.ceil(np.hypot(h, w) * (1 + abs(pose.shear)))) + 4
    x = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    y = x[:, None]
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    across, down = cos * x - sin * y, sin * x + cos * y
    across = across + np.float32(pose.shear) * down
    if pose.bend:
        field = rng.normal(0, pose.bend * h, (4, 4, 2)).astype(np.float32)
        field = np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
        across, down = across + field[..., 0], down + field[..., 1]
    centre_x, centre_y = np.float32((w - 1) / 2), np.float32((h - 1) / 2)
    warped = cv2.remap(upright, across + centre_x, down + centre_y, cv2.INTER_LINEAR)
    low, high = edge[0] - pose.weight * (edge[1] - edge[0]), edge[1] - pose.weight * (edge[1] - edge[0])
    ramp = np.clip((warped - low) / (high - low), 0, 1) if edge != (0.0, 1.0) else np.clip(warped, 0, 1)
    return stamped(ramp.astype(np.float32))


def stamped(coverage: Mask) -> Stamp:
    """Crop to the painted part, and find the ink."""
    mask = trim(coverage, FAINT)[1:-1, 1:-1]
    rows, columns = np.nonzero((mask > INK).any(1))[0], np.nonzero((mask > INK).any(0))[0]
    return Stamp(mask, (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def _resize(mask: Mask, pose: Pose) -> Mask:
    """Return the interpolation: smooth for enlarging, averaging for shrinking."""
    scale = pose.height / (mask.shape[0] - 2)
    size = (max(round(mask.shape[1] * scale * pose.stretch), 3), max(round(mask.shape[0] * scale), 3))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(mask, size, interpolation=method), np.float32)
