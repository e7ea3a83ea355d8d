"""Prepares pictures as Darknet's detector and classifier do (src/image.c, test_detector in src/detector.c).

All arithmetic is float32 in the same order as Darknet's, so that equal bytes give equal inputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.detect.blob import blob, blob_bytes
from darkcsp.detect.letterbox import letterbox, letterbox_bytes
from darkcsp.detect.resizing import resize_bytes, resize_planes
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.spec.net import Resize
from darkcsp.spec.shape import Shape

Picture = npt.NDArray[np.uint8]
_PICTURE = "a uint8 array (height, width, 3)"

_GREY, _GREY_BYTE = np.float32(0.5), np.uint8(128)
"""Value around a letterboxed picture; as a byte, 127.5 rounded to even."""


class Placement(NamedTuple):
    """Where the picture lies in the network's input, in pixels of the input."""

    left: int
    top: int
    width: int
    height: int


def checked_picture(image: Any) -> Picture:
    """Return a picture as (h, w, 3 or 1). Raises ArgumentError unless it is uint8, (h, w, 3), (h, w, 1) or (h, w)."""
    if not isinstance(image, np.ndarray):
        hint = "; cv2.imread returns None if it cannot read a file" if image is None else ""
        raise ArgumentError(
            "image", type(image), _PICTURE, f"expected a picture as {_PICTURE}, not {type(image).__name__}{hint}"
        )
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise ArgumentError(
            "image", image.shape, _PICTURE, f"expected a picture as {_PICTURE}, not {image.dtype} {image.shape}"
        )
    if not image.size:
        raise ArgumentError("image", image.shape, _PICTURE, f"the picture is empty: its shape is {image.shape}")
    return image if image.ndim == 3 else image[..., None]


def detector_input(image: Picture, network: Shape, resize: Resize = "stretch") -> Array:
    """Return the input for a detector.

    Args:
        image: (height, width, 3) uint8, BGR, or (height, width, 1), grey.
        network: shape of the network's input.
        resize: how the picture is resized to the network's input, see `Resize`.

    Returns:
        (c, h, w) float32, RGB, 0..1.

    Raises:
        ModelError: the network takes neither 1 nor 3 channels.
    """
    pixels = with_channels(image, network.c)
    if resize == "wongkinyiu":
        return letterbox(pixels, network)
    if resize == "opencv":
        return blob(pixels, network)
    if resize == "stretch":
        return resize_planes(pixels, network.w, network.h)
    place = placement(image.shape[1], image.shape[0], network, resize)
    boxed = np.full(network, _GREY, np.float32)
    inside = boxed[:, place.top : place.top + place.height, place.left : place.left + place.width]
    inside[:] = resize_planes(pixels, place.width, place.height)
    return boxed


def detector_bytes(image: Picture, network: Shape, resize: Resize = "stretch") -> Picture:
    """Return the input for a detector that takes bytes: (h, w, c) uint8, BGR.

    Arguments and errors are as for `detector_input`; the values are the same, times 255 and rounded.
    """
    pixels = with_channels(image, network.c)
    if resize == "wongkinyiu":
        return letterbox_bytes(pixels, network)
    if resize == "opencv":
        return blob_bytes(pixels, network)
    if resize == "stretch":
        return resize_bytes(pixels, network.w, network.h)
    place = placement(image.shape[1], image.shape[0], network, resize)
    boxed = np.full((network.h, network.w, network.c), _GREY_BYTE)
    inside = boxed[place.top : place.top + place.height, place.left : place.left + place.width]
    inside[:] = resize_bytes(pixels, place.width, place.height)
    return boxed


def classifier_input(image: Picture, network: Shape) -> Array:
    """Return the input for a classifier: the centre of the picture, its shorter side resized to the network's width.

    Arguments and result are as for `detector_input` (predict_classifier in src/classifier.c: resize_min, crop_image).
    """
    pixels = with_channels(image, network.c)
    cut = _middle(pixels, network)
    return resize_planes(pixels, cut.width, cut.height)[:, cut.rows[:, None], cut.columns]


def classifier_bytes(image: Picture, network: Shape) -> Picture:
    """Return the input for a classifier that takes bytes: (h, w, c) uint8, BGR.

    Arguments and errors are as for `classifier_input`; the values are the same, times 255 and rounded.
    """
    pixels = with_channels(image, network.c)
    cut = _middle(pixels, network)
    return resize_bytes(pixels, cut.width, cut.height)[cut.rows[:, None], cut.columns]


class _Cut(NamedTuple):
    """A size for a picture, and the rows and columns of its centre; beyond the picture, the edge is repeated."""

    width: int
    height: int
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]


def _middle(pixels: Picture, network: Shape) -> _Cut:
    height, width = pixels.shape[:2]
    if width < height:
        width, height = network.w, max(height * network.w // width, 1)
    else:
        width, height = max(width * network.w // height, 1), network.w
    rows = np.arange(network.h) + int((height - network.h) / 2)
    columns = np.arange(network.w) + int((width - network.w) / 2)
    return _Cut(width, height, rows.clip(0, height - 1), columns.clip(0, width - 1))


def placement(width: int, height: int, network: Shape, resize: Resize) -> Placement:
    """Return where a picture of a given size lies in the input (letterbox_image); for "wongkinyiu" see `letterbox`."""
    if resize in ("stretch", "opencv"):
        return Placement(0, 0, network.w, network.h)
    if np.float32(network.w) / np.float32(width) < np.float32(network.h) / np.float32(height):
        inner = (network.w, max(height * network.w // width, 1))
    else:
        inner = (max(width * network.h // height, 1), network.h)
    return Placement((network.w - inner[0]) // 2, (network.h - inner[1]) // 2, *inner)


def with_channels(image: Picture, channels: int) -> Picture:
    """Return the picture with 3 channels, or with 1, converted to grey as in stb_image, Darknet's reader."""
    if channels == image.shape[2]:
        return image
    if channels == 3:
        return np.repeat(image, 3, 2)
    if channels == 1:
        blue, green, red = (image[..., channel].astype(np.uint32) for channel in range(3))
        return ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)[..., None]
    raise ModelError("", f"the network takes {channels} channels; pictures have 3 or 1")
