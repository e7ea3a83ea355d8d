"""Placing and painting objects in a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scripts.digits.backgrounds import Picture, tint
from scripts.digits.glyphs import Mask

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

TRIES = 15
"""Number of places to try for a digit before it is left out."""


def choose_ink(rng: np.random.Generator, ground: float, contrast: float) -> npt.NDArray[np.float32]:
    """Return a colour that stands out from the background, darker or lighter depending on its brightness."""
    darker, lighter = max(ground - contrast, 0), max(255 - ground - contrast, 0)
    at = rng.uniform(0, darker + lighter)
    return tint(rng, at if at < darker else ground + contrast + at - darker)


def find_place(
    rng: np.random.Generator, mask: Mask, taken: Sequence[Box], size: tuple[int, int]
) -> tuple[int, int] | None:
    """Return the (x, y) of a free place inside the picture, or None if none is found."""
    h, w = mask.shape
    width, height = size
    gap = 1 + height // 96
    if w + 2 > width or h + 2 > height:
        return None
    for _ in range(TRIES):
        x, y = int(rng.integers(1, width - w)), int(rng.integers(1, height - h))
        if all(x >= x2 + gap or x + w + gap <= x1 or y >= y2 + gap or y + h + gap <= y1 for x1, y1, x2, y2 in taken):
            return x, y
    return None


def moved(box: Box, by: tuple[int, int]) -> Box:
    """Return a box shifted by (x, y)."""
    return (box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1])


def paint(picture: Picture, mask: Mask, place: tuple[int, int], colour: npt.NDArray[np.float32]) -> None:
    """Paint a colour where a mask covers the picture, in place."""
    x, y = place
    region = picture[y : y + mask.shape[0], x : x + mask.shape[1]]
    region += mask[..., None] * (colour - region)
