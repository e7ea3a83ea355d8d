"""Backgrounds for digits: float32 pictures (h, w, 3), BGR, 0..255, around a given brightness."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Texture = Callable[[np.random.Generator, int, int], Picture]
"""Returns deviations from the base colour, (h, w) or (h, w, 3), about -1..1."""


def background(rng: np.random.Generator, height: int, width: int, brightness: float) -> Picture:
    """Return a tinted surface with one or two textures."""
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = tint(rng, brightness)
    for texture in rng.choice(np.array(TEXTURES, object), rng.integers(0, 3), replace=False):
        deviation = texture(rng, height, width) * np.float32(rng.uniform(4, 22))
        picture += deviation if deviation.ndim == 3 else deviation[..., None]
    return picture


def tint(rng: np.random.Generator, brightness: float, spread: float = 30) -> npt.NDArray[np.float32]:
    """Return a BGR colour with channels that average to `brightness`."""
    shift = rng.uniform(-spread, spread, 3)
    colour: npt.NDArray[np.float64] = np.clip(brightness + shift - shift.mean(), 0, 255)
    return colour.astype(np.float32)


def gradient(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Light from one side."""
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y


def clouds(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Smooth blotches."""
    cells = int(rng.integers(3, 14))
    return _smooth(rng, height, width, (cells, cells), 0.5)


def grain(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Fibres: noise that is stretched in one direction."""
    cells = (height // 2, width // 8) if rng.random() < 0.5 else (height // 8, width // 2)
    return _smooth(rng, height, width, cells, 0.4)


def colours(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Smooth blotches of colour."""
    cells = int(rng.integers(2, 6))
    return _smooth(rng, height, width, (cells, cells, 3), 0.5)


def ruled(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Lines or squares, as on paper."""
    step, width_of_line = int(rng.integers(height // 14, height // 5)), 1 + height // 250
    picture = np.zeros((height, width), np.float32)
    start = int(rng.integers(0, step))
    sign = rng.choice([-1, 1])
    for line in range(width_of_line):
        picture[start + line :: step] = sign
    if rng.random() < 0.5:
        for line in range(width_of_line):
            picture[:, start + line :: step] = sign
    return picture


def stripes(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Waves in any direction."""
    ramp = gradient(rng, height, width)
    wave: Picture = np.sin(ramp * np.float32(rng.uniform(5, 40))) * np.float32(0.6)
    return wave


TEXTURES: tuple[Texture, ...] = (gradient, clouds, grain, colours, ruled, stripes)


def _smooth(rng: np.random.Generator, height: int, width: int, cells: tuple[int, ...], deviation: float) -> Picture:
    noise = rng.normal(0, deviation, cells).astype(np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
