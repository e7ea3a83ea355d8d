"""Boxes and labels on pictures, sized to the picture."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.detect.preprocess import checked_picture
from darkcsp.errors import MissingBackendError
from darkcsp.text import NAME, printable

Colour = tuple[int, int, int]

_GOLDEN = 0.618034  # its multiples, modulo 1, keep far apart, so that neighbouring classes differ


class _Style(NamedTuple):
    """Measures in pixels for one picture."""

    line: int
    scale: float
    pen: int
    pad: int


class _Rectangle(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: _Rectangle) -> bool:
        """Whether they share a pixel."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def draw_boxes(
    image: npt.NDArray[np.uint8], xyxy: Array, confidence: Array, class_id: npt.NDArray[np.int64], names: Sequence[str]
) -> npt.NDArray[np.uint8]:
    """Return a copy of a picture with boxes and labels on it; the first lie on top.

    Args:
        image: (height, width, 3) uint8, BGR, or grey: (height, width) or (height, width, 1).
        xyxy: (n, 4) left, top, right, bottom in the picture's pixels.
        confidence: (n,) 0..1.
        class_id: (n,) from 0; each class has a colour.
        names: the n boxes' names.

    Raises:
        MediaError: `image` is no such array.
        MissingBackendError: OpenCV is not installed.
    """
    try:
        import cv2
    except ImportError:
        raise MissingBackendError("drawing", "opencv-python") from None
    picture = checked_picture(image)
    canvas = np.repeat(picture, 3, 2) if picture.shape[2] == 1 else picture.copy()
    height, width = canvas.shape[:2]
    style = _style(width, height)
    unicode = int(cv2.__version__.split(".")[0]) >= 5  # before, OpenCV's letters are ASCII; others become the number
    boxes = [_inside(box, width, height) for box in xyxy]
    colours = [colour_of(number) for number in class_id.tolist()]
    for box, colour in zip(boxes[::-1], colours[::-1], strict=True):
        cv2.rectangle(canvas, box[:2], box[2:], colour, style.line)
    placed: list[_Rectangle] = []
    for position, box in enumerate(boxes):
        name = printable(names[position], NAME)
        if not (name.isascii() or unicode):
            name = str(class_id[position])
        text = f"{name} {confidence[position]:.2f}"
        placed.append(_draw_label(cv2, canvas, box, text, colours[position], style, placed))
    return canvas


def colour_of(class_id: int) -> Colour:
    """Return a class's colour, BGR: bright, and the same in every picture."""
    red, green, blue = colorsys.hsv_to_rgb((0.33 + class_id * _GOLDEN) % 1, 0.85, 1.0)
    return int(255 * blue), int(255 * green), int(255 * red)


def _style(width: int, height: int) -> _Style:
    size = (width * height) ** 0.5
    scale = max(size / 1400, 0.35)
    return _Style(max(round(size / 300), 1), scale, max(round(1.6 * scale), 1), max(round(6 * scale), 2))


def _inside(box: npt.NDArray[np.float32], width: int, height: int) -> _Rectangle:
    """Round a box to pixels of the picture; one that is not a number or lies outside ends at an edge."""
    limits = np.array([width - 1, height - 1] * 2)
    return _Rectangle(*np.nan_to_num(box).clip(0, limits).round().astype(int).tolist())


def _draw_label(
    cv2: Any, canvas: Any, box: _Rectangle, text: str, colour: Colour, style: _Style, placed: list[_Rectangle]
) -> _Rectangle:
    """Write a label at its box, where it covers no other if there is such a place; return where it lies."""
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, style.scale, style.pen)
    width, full = width + 2 * style.pad, height + base + style.pad
    place = _place_label(box, width, full, canvas.shape, placed)
    cv2.rectangle(canvas, place[:2], place[2:], colour, cv2.FILLED)
    blue, green, red = colour
    ink = (0, 0, 0) if 0.114 * blue + 0.587 * green + 0.299 * red > 110 else (255, 255, 255)
    corner = (place.left + style.pad, place.top + height + style.pad // 2 + 1)
    cv2.putText(canvas, text, corner, cv2.FONT_HERSHEY_SIMPLEX, style.scale, ink, style.pen, cv2.LINE_AA)
    return place


def _place_label(
    box: _Rectangle, width: int, height: int, shape: tuple[int, ...], placed: list[_Rectangle]
) -> _Rectangle:
    """Try above the box, inside at its top and below it, then downwards through the box; else take the first."""
    left = max(min(box.left, shape[1] - width), 0)
    tops = [box.top - height, box.top, box.bottom, *range(box.top + height, box.bottom - height, height)]
    fitting = [top for top in tops if 0 <= top <= shape[0] - height] or [max(min(box.top, shape[0] - height), 0)]
    places = [_Rectangle(left, top, left + width, top + height) for top in fitting]
    return next((place for place in places if not any(place.meets(other) for other in placed)), places[0])
