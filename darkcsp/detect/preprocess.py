"""Pictures as Darknet's detector and classifier see them (src/image.c, test_detector in src/detector.c).

All arithmetic is float32 in Darknet's order, so that equal bytes give equal inputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.errors import MediaError, ModelError
from darkcsp.layers.spec import Shape
from darkcsp.weightfile.weights import Array

Picture = npt.NDArray[np.uint8]

_UNIT = (np.arange(256) / 255.0).astype(np.float32)
"""A byte as a number from 0 to 1; Darknet divides in double."""

_GREY = np.float32(0.5)


class Placement(NamedTuple):
    """Where the picture lies in the network's input, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def checked_picture(image: Any) -> Picture:
    """Return a picture as (h, w, 3 or 1). Raises MediaError unless it is uint8, (h, w, 3), (h, w, 1) or (h, w)."""
    if not isinstance(image, np.ndarray):
        hint = "; cv2.imread returns None for a file that it cannot read" if image is None else ""
        raise MediaError(f"expected a picture as a uint8 array (height, width, 3), not {type(image).__name__}{hint}")
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise MediaError(f"expected a picture as uint8 (height, width, 3), not {image.dtype} {image.shape}")
    if not image.size:
        raise MediaError(f"the picture is empty: its shape is {image.shape}")
    return image if image.ndim == 3 else image[..., None]


def detector_input(image: Picture, network: Shape, letter_box: bool = False) -> Array:
    """Return the input for a detector.

    Args:
        image: (height, width, 3) uint8, BGR, or (height, width, 1), grey.
        network: shape of the network's input.
        letter_box: keep the proportions, with grey beside the picture, instead of stretching it.

    Returns:
        (c, h, w) float32, RGB, 0..1.

    Raises:
        ModelError: the network takes neither 1 nor 3 channels.
    """
    pixels = with_channels(image, network.c)
    if not letter_box:
        return to_planes(resize(pixels, network.w, network.h))
    place = placement(image.shape[1], image.shape[0], network, letter_box)
    boxed = np.full((network.h, network.w, network.c), _GREY, np.float32)
    inside = boxed[place.top : place.top + place.height, place.left : place.left + place.width]
    inside[:] = resize(pixels, place.width, place.height)
    return to_planes(boxed)


def classifier_input(image: Picture, network: Shape) -> Array:
    """Return the input for a classifier: the middle of the picture, its shorter side made the network's width.

    Arguments and result are as for `detector_input` (predict_classifier in src/classifier.c: resize_min, crop_image).
    """
    pixels = with_channels(image, network.c)
    height, width = pixels.shape[:2]
    if width < height:
        width, height = network.w, max(height * network.w // width, 1)
    else:
        width, height = max(width * network.w // height, 1), network.w
    resized = resize(pixels, width, height)
    rows = np.arange(network.h) + int((height - network.h) / 2)
    columns = np.arange(network.w) + int((width - network.w) / 2)
    return to_planes(resized[rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)])


def placement(width: int, height: int, network: Shape, letter_box: bool) -> Placement:
    """Tell where a picture of the given size lies in the input (letterbox_image)."""
    if not letter_box:
        return Placement(0, 0, network.w, network.h)
    if np.float32(network.w) / np.float32(width) < np.float32(network.h) / np.float32(height):
        inner = (network.w, max(height * network.w // width, 1))
    else:
        inner = (max(width * network.h // height, 1), network.h)
    return Placement((network.w - inner[0]) // 2, (network.h - inner[1]) // 2, *inner)


def with_channels(image: Picture, channels: int) -> Picture:
    """Return the picture with 3 channels, or with 1 as stb_image, Darknet's reader, makes grey of colours."""
    if channels == image.shape[2]:
        return image
    if channels == 3:
        return np.repeat(image, 3, 2)
    if channels == 1:
        blue, green, red = (image[..., channel].astype(np.uint32) for channel in range(3))
        return ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)[..., None]
    raise ModelError(f"the network takes {channels} channels; pictures have 3 or 1")


def to_planes(pixels: Array) -> Array:
    """Turn (h, w, BGR or grey) into (c, h, w), RGB or grey."""
    return np.ascontiguousarray(pixels[..., ::-1].transpose(2, 0, 1))


def resize(image: Picture, width: int, height: int) -> Array:
    """Resize as resize_image does: linear, corners on corners, columns first; 0..1 float32 (height, width, channels).

    Only the rows that the result reads are resized. As there, the last row is weighted by what is left of its neighbour
    when rounding puts it short of the edge.
    """
    rows, columns = image.shape[:2]
    if (columns, rows) == (width, height):
        return _UNIT[image]
    above, weight = _steps(rows, height)
    needed, position = np.unique(np.concatenate([above, np.minimum(above + 1, rows - 1)]), return_inverse=True)
    part = _resize_columns(image[needed], width)
    weight = weight[:, None, None]
    resized = part[position[:height]] * (1 - weight)
    if rows > 1:
        resized[:-1] += part[position[height:-1]] * weight[:-1]
    return resized


def _resize_columns(image: Picture, width: int) -> Array:
    columns = image.shape[1]
    if columns == 1 or width == 1:
        return np.repeat(_UNIT[image[:, -1:]], width, 1)
    left, weight = _steps(columns, width)
    weight = weight[:, None]
    part = _UNIT[image[:, left]] * (1 - weight)
    part += _UNIT[image[:, np.minimum(left + 1, columns - 1)]] * weight
    part[:, -1] = _UNIT[image[:, -1]]
    return part


def _steps(old: int, new: int) -> tuple[npt.NDArray[np.intp], Array]:
    """For each new position the old one at or before it, and the weight of the next, float32 throughout."""
    if new == 1:  # Darknet divides by 0 here; the first position is what its formula means
        return np.zeros(1, np.intp), np.zeros(1, np.float32)
    scale = np.float32(old - 1) / np.float32(new - 1)
    exact = np.arange(new, dtype=np.float32) * scale
    before = exact.astype(np.intp)
    return np.minimum(before, old - 1), exact - before.astype(np.float32)
