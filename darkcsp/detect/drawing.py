"""Draws boxes and labels, scaled to the picture."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.detect.preprocess import checked_picture
from darkcsp.errors import MissingBackendError
from darkcsp.text import NAME, printable, shortened

Colour = tuple[int, int, int]

_GOLDEN = 0.618034  # its multiples, modulo 1, keep far apart, so that neighbouring classes differ
_LEAST = 12
"""Minimum number of letters that a name is shortened to, however small the picture is."""


class _Style(NamedTuple):
    """Line and label sizes for one picture.

    Attributes:
        line: width of a box's lines, in pixels.
        fine: labels are drawn this many times larger and then shrunk, because OpenCV spaces small letters unevenly.
        scale, pen, pad: size and weight of a label's letters, and the padding around them, as drawn.
    """

    line: int
    fine: int
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
    """Return a copy of a picture with boxes and labels drawn on it; the first boxes are on top.

    Args:
        image: (height, width, 3) uint8, BGR, or grey: (height, width) or (height, width, 1).
        xyxy: (n, 4) left, top, right, bottom in the picture's pixels.
        confidence: (n,) 0..1.
        class_id: (n,) from 0; each class has a colour.
        names: the n boxes' names.

    Raises:
        ArgumentError: `image` is not such an array.
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
    unicode = int(cv2.__version__.split(".")[0]) >= 5  # OpenCV 4 draws only ASCII; other names become the number
    boxes = [_inside(box, width, height) for box in xyxy]
    colours = [colour_of(number) for number in class_id.tolist()]
    for box, colour in zip(boxes[::-1], colours[::-1], strict=True):
        cv2.rectangle(canvas, box[:2], box[2:], colour, style.line)
    labels: list[tuple[_Rectangle, Any]] = []
    for position, box in enumerate(boxes):
        name = printable(names[position], NAME)
        if not (name.isascii() or unicode):
            name = str(class_id[position])
        label = _label(cv2, _fitting(cv2, name, confidence[position], style, width), colours[position], style)
        labels.append((_place_label(box, label.shape, canvas.shape, [place for place, _ in labels]), label))
    for place, label in labels[::-1]:
        seen = canvas[place.top : place.bottom, place.left : place.right]
        seen[:] = label[: seen.shape[0], : seen.shape[1]]
    return canvas


def label_of(name: str, confidence: float) -> str:
    """Return a box's label as Darknet prints it, "dog: 93%"; a long name is shortened."""
    return f"{printable(name, NAME)}: {confidence:.0%}"


def colour_of(class_id: int) -> Colour:
    """Return a class's colour, BGR: bright, and the same in every picture."""
    red, green, blue = colorsys.hsv_to_rgb((0.33 + class_id * _GOLDEN) % 1, 0.85, 1.0)
    return int(255 * blue), int(255 * green), int(255 * red)


def _style(width: int, height: int) -> _Style:
    size = (width * height) ** 0.5
    scale = max(size / 1400, 0.35)
    fine = max(round(1 / scale), 1)
    pen, pad = max(round(1.6 * scale), 1), max(round(6 * scale), 2)
    return _Style(max(round(size / 300), 1), fine, scale * fine, pen * fine, pad * fine)


def _inside(box: npt.NDArray[np.float32], width: int, height: int) -> _Rectangle:
    """Round a box to pixels of the picture; NaN and positions outside are moved to an edge."""
    limits = np.array([width - 1, height - 1] * 2)
    return _Rectangle(*np.nan_to_num(box).clip(0, limits).round().astype(int).tolist())


def _fitting(cv2: Any, name: str, confidence: float, style: _Style, most: int) -> str:
    """Return a box's label, with its name shortened until it fits the picture's width."""
    while True:
        text = label_of(name, confidence)
        (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, style.scale, style.pen)
        if width + 2 * style.pad <= most * style.fine or len(name) <= _LEAST:
            return text
        name = shortened(name, max(3 * len(name) // 4, _LEAST))


def _label(cv2: Any, text: str, colour: Colour, style: _Style) -> Any:
    """Return a label as a picture."""
    _, fine, scale, pen, pad = style
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, pen)
    blue, green, red = colour
    ink = (0, 0, 0) if 0.114 * blue + 0.587 * green + 0.299 * red > 110 else (255, 255, 255)
    label = np.empty((height + base + pad, width + 2 * pad, 3), np.uint8)
    cv2.rectangle(label, (0, 0), label.shape[1::-1], colour, cv2.FILLED)
    cv2.putText(label, text, (pad, height + pad // 2), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, pen, cv2.LINE_AA)
    smaller = (max(label.shape[1] // fine, 1), max(label.shape[0] // fine, 1))
    return label if fine == 1 else cv2.resize(label, smaller, interpolation=cv2.INTER_AREA)


def _place_label(
    box: _Rectangle, label: tuple[int, ...], shape: tuple[int, ...], placed: list[_Rectangle]
) -> _Rectangle:
    """Place a label above the box, inside at its top, below it, or further down in the box; else use the first place.

    `label` and `shape` are the shapes of the label's and the picture's arrays.
    """
    height, width = label[:2]
    left = max(min(box.left, shape[1] - width), 0)
    tops = [box.top - height, box.top, box.bottom, *range(box.top + height, box.bottom - height, height)]
    fitting = [top for top in tops if 0 <= top <= shape[0] - height] or [max(min(box.top, shape[0] - height), 0)]
    places = [_Rectangle(left, top, left + width, top + height) for top in fitting]
    return next((place for place in places if not any(place.meets(other) for other in placed)), places[0])
