"""The effects of a camera on a picture."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from scripts.digits.backgrounds import Picture
from scripts.digits.style import Style

NOISE_VALUES = 1 << 22
"""Number of values of precomputed noise."""


def photograph(rng: np.random.Generator, picture: Picture, style: Style) -> npt.NDArray[np.uint8]:
    """Return a picture as seen by a camera: blurred, noisy, 8 bits."""
    sigma = float(rng.uniform(0, style.blur)) * style.size[1] / 192
    if sigma > 0.3:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    deviation = float(rng.uniform(0, style.noise))
    start = int(rng.integers(NOISE_VALUES - picture.size + 1))
    noise = _noise()[start : start + picture.size].reshape(picture.shape)
    picture = picture + noise * np.float32(deviation)
    picture += np.float32(0.5)
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


@cache
def _noise() -> npt.NDArray[np.float32]:
    """Return normal noise for scenes to take slices from; drawing it anew would cost as much as everything else."""
    return np.random.default_rng(0).standard_normal(NOISE_VALUES, np.float32)
