"""Shared code of the decoders: rows of boxes, their positions, and functions on their values."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.spec.shape import Shape


def to_rows(raw: Array, boxes: int, shape: Shape) -> Array:
    """Return (N, boxes * values, h, w) as (N, h * w * boxes, values), a copy, ordered by cell from the top left."""
    values = shape.c // boxes
    planes = raw.reshape(-1, boxes, values, shape.h * shape.w)
    return np.ascontiguousarray(planes.transpose(0, 3, 1, 2)).reshape(-1, shape.h * shape.w * boxes, values)


def place_centres(xy: Array, height: int, width: int, boxes: int, stretch: float = 1.0) -> None:
    """Turn logistic x, y of rows, (N, height * width * boxes, 2), into centres relative to the picture, in place.

    x and y are stretched around the cell's centre.
    """
    rows, columns = np.divmod(np.arange(height * width), width)
    corners = np.stack([columns, rows], 1) - 0.5 * (stretch - 1)
    xy *= np.array([stretch / width, stretch / height], np.float32)
    xy += np.repeat(corners / (width, height), boxes, 0).astype(np.float32)


def scale_sizes(size: Array, anchors: tuple[tuple[float, float], ...], width: int, height: int) -> None:
    """Multiply w, h of rows, (N, cells * anchors, 2), in place by their anchors relative to width and height."""
    relative = (np.array(anchors) / (width, height)).astype(np.float32)
    size *= np.tile(relative, (size.shape[1] // len(anchors), 1))


def exp(x: Array) -> Array:
    """Return the exponential as float32; infinity if it is too large."""
    with np.errstate(over="ignore"):
        result: Array = np.exp(x)
    return result


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)) as float32."""
    result: Array = np.reciprocal(1 + exp(-x))
    return result


def softmax(x: Array) -> Array:
    """Return the softmax over the last dimension."""
    e = np.exp(x - x.max(-1, keepdims=True))
    result: Array = e / e.sum(-1, keepdims=True)
    return result
