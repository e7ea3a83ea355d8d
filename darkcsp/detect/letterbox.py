"""Letterboxing as in WongKinYiu's PyTorch programs, and the mapping of boxes back (letterbox in utils/datasets.py).

A picture keeps its aspect ratio and is centred on a grey canvas, whose colour, rounding and interpolation differ from
Darknet's. Those programs choose the canvas size for each picture; here the network has one size, which is always used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from darkcsp.arrays import Array, Bytes
from darkcsp.spec.shape import Shape

GREY = 114
"""Value of every channel, out of 255."""


class Inside(NamedTuple):
    """Where a picture lies on the canvas, in whole pixels; boxes are mapped back with exact values instead."""

    left: int
    top: int
    width: int
    height: int


def stand_inside(width: int, height: int, network: Shape) -> Inside:
    """Return where a picture of a given size lies in a network's input."""
    ratio = _ratio(width, height, network)
    inner_width, inner_height = max(round(width * ratio), 1), max(round(height * ratio), 1)
    left, top = (network.w - inner_width) / 2, (network.h - inner_height) / 2
    return Inside(round(left - 0.1), round(top - 0.1), inner_width, inner_height)


def letterbox(pixels: Bytes, network: Shape) -> Array:
    """Convert a picture, (height, width, c) uint8, BGR or grey, to a network's input: (c, h, w) float32, RGB, 0..1."""
    field = letterbox_bytes(pixels, network)
    planes: Array = np.ascontiguousarray(field[..., ::-1].transpose(2, 0, 1), np.float32)
    planes /= np.float32(255)
    return planes


def letterbox_bytes(pixels: Bytes, network: Shape) -> Bytes:
    """Return a picture, (height, width, c) uint8, centred on a canvas of the network's size: (h, w, c)."""
    import cv2

    height, width = pixels.shape[:2]
    inside = stand_inside(width, height, network)
    if (inside.width, inside.height) != (width, height):
        resized = cv2.resize(pixels, (inside.width, inside.height), interpolation=cv2.INTER_LINEAR)
        pixels = resized.reshape(inside.height, inside.width, network.c).astype(np.uint8, copy=False)
    field = np.full((network.h, network.w, network.c), GREY, np.uint8)
    field[inside.top : inside.top + inside.height, inside.left : inside.left + inside.width] = pixels
    return field


def map_back(boxes: Array, width: int, height: int, network: Shape) -> Array:
    """Map boxes (n, 4), left, top, right, bottom, from pixels of the input to pixels of a picture, clipped to it.

    The margins are exact halves, not the whole pixels that the picture was moved by (scale_coords).
    """
    ratio = _ratio(width, height, network)
    margins = np.array([(network.w - width * ratio) / 2, (network.h - height * ratio) / 2] * 2, np.float32)
    back: Array = ((boxes - margins) / np.float32(ratio)).astype(np.float32)
    return np.clip(back, 0, np.array([width, height] * 2, np.float32))


def _ratio(width: int, height: int, network: Shape) -> float:
    return min(network.h / height, network.w / width)
