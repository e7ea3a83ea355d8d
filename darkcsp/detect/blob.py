"""Prepares pictures as `cv2.dnn` scripts do: blobFromImage without cropping (modules/dnn/src/dnn_utils.cpp)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array, Bytes
from darkcsp.spec.shape import Shape


def blob(pixels: Bytes, network: Shape) -> Array:
    """Convert a picture, (height, width, c) uint8, BGR or grey, to a network's input: (c, h, w) float32, RGB, 0..1."""
    import cv2

    planes: Array = np.asarray(cv2.dnn.blobFromImage(pixels, 1 / 255, (network.w, network.h), swapRB=True)[0])
    return planes


def blob_bytes(pixels: Bytes, network: Shape) -> Bytes:
    """Return the same as bytes, (h, w, c). blobFromImage resizes bytes as well, so this adds no rounding."""
    import cv2

    if pixels.shape[:2] == (network.h, network.w):
        return pixels.copy()
    resized = cv2.resize(pixels, (network.w, network.h), interpolation=cv2.INTER_LINEAR)
    return resized.reshape(network.h, network.w, network.c).astype(np.uint8, copy=False)
