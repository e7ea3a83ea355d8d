"""Resizes pictures quickly, with results byte for byte equal to those of Darknet's resize_image (src/image.c).

Its formula is a * (1 - w) + b * w in float32, first within rows of pixels, then across them, with each product and each
sum rounded. Library routines round differently, so this is plain arithmetic on blocks of rows that fit a processor's
second-level cache, with separate planes, in two threads if there is enough work.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import Thread
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array, Bytes

Indices = npt.NDArray[np.intp]

_BYTE = np.float32(255)
"""Dividing by it in float32 gives the same values as Darknet's division in double, for all 256 bytes."""

_CELLS = 1 << 18
"""Maximum number of values in one side of a block; a megabyte."""

_WORTH_A_THREAD = 2
"""Minimum number of blocks in half a picture for a second thread, which costs as much as a tenth of a block."""


Put = Callable[[Array, Array, slice], None]
"""Takes new rows: the contributions of the rows above and below, (channels, n, width) float32, 0..1, and a slice.

Both arrays may be written to.
"""


def resize_planes(image: Bytes, width: int, height: int) -> Array:
    """Resize linearly with aligned corners, and separate the channels.

    As in Darknet, the last row is scaled by its remaining weight if rounding places it short of the edge.

    Args:
        image: (rows, columns, 3) uint8, BGR, or (rows, columns, 1).
        width: new width, 1 or more.
        height: new height, 1 or more.

    Returns:
        (channels, height, width) float32, RGB or grey, 0..1; a new array.
    """
    rows, columns, channels = image.shape
    planes = np.empty((channels, height, width), np.float32)
    if (columns, rows) == (width, height):
        planes[:] = image[..., ::-1].transpose(2, 0, 1)
        planes /= _BYTE
        return planes

    def put(above: Array, below: Array, where: slice) -> None:
        np.add(above, below, out=planes[:, where])

    _resize(image, width, height, put)
    return planes


def resize_bytes(image: Bytes, width: int, height: int) -> Bytes:
    """Resize like `resize_planes` and round to bytes, halves to even; channels stay interleaved.

    Returns a new (height, width, channels) uint8 array, BGR or grey: the result of `resize_planes` times 255, rounded.
    """
    rows, columns, channels = image.shape
    if (columns, rows) == (width, height):
        return image.copy()
    resized = np.empty((height, width, channels), np.uint8)

    def put(above: Array, below: Array, where: slice) -> None:
        above += below
        above *= _BYTE
        _put_together(np.rint(above, out=above).astype(np.uint8), resized[where])

    _resize(image, width, height, put)
    return resized


def _put_together(planes: Bytes, pixels: Bytes) -> None:
    """Fill (n, width, channels) with planes in reverse channel order."""
    if len(planes) == 1:
        pixels[..., 0] = planes[0]
    else:
        import cv2

        cv2.merge(list(planes[::-1]), pixels)


def _resize(image: Bytes, width: int, height: int, put: Put) -> None:
    """Pass all new rows to `put`, from two threads if there is enough work."""
    rows, columns, channels = image.shape
    across, blocks = _across(columns, width), _blocks(rows, height, channels * width)
    half = len(blocks) // 2
    if half >= _WORTH_A_THREAD and _processors() > 1:
        with _beside(lambda: _fill(image, across, blocks[:half], put)):
            _fill(image, across, blocks[half:], put)
    else:
        _fill(image, across, blocks, put)


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Do some work in another thread during the block, and wait for it."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if errors:
        raise errors[0]


def _fill(image: Bytes, across: _Across, blocks: Sequence[_Block], put: Put) -> None:
    """Pass the rows of some blocks to `put`."""
    channels, width = image.shape[2], len(across.left)
    most = max(block.count for block in blocks)
    # Memory is reused from block to block: new pages cost more than the arithmetic on them.
    sides = np.empty((2, channels * most * width), np.float32)
    pair = np.empty((2, channels * max(block.stop - block.start for block in blocks) * width), np.float32)
    for block in blocks:
        wide = _widened(image[block.needed], across, sides)
        shape = channels, block.stop - block.start, width
        above, below = (one[: shape[0] * shape[1] * width].reshape(shape) for one in pair)
        wide.take(block.above, 1, above, "clip")
        wide.take(block.below, 1, below, "clip")
        above *= block.weight_above
        below *= block.weight_below
        put(above, below, slice(block.start, block.stop))


def _widened(part: Bytes, across: _Across, sides: Array) -> Array:
    """Resize rows (n, columns, channels) to the new width; return (channels, n, width) in the memory of `sides`."""
    shape = part.shape[2], len(part), len(across.left)
    size = shape[0] * shape[1] * shape[2]
    left: Array = sides[0, :size].reshape(shape)
    right: Array = sides[1, :size].reshape(shape)
    pixels = _as_numbers(part)
    _pick(left, pixels, across.left, across.weight_left)
    _pick(right, pixels, across.right, across.weight_right)
    left += right
    return left


def _as_numbers(part: Bytes) -> npt.NDArray[Any]:
    """Return each pixel as one number, as fast to pick as a byte: four bytes, red first, or the grey value."""
    if part.shape[2] == 1:
        return part[..., 0]
    import cv2

    four: npt.NDArray[Any] = cv2.cvtColor(part, cv2.COLOR_BGR2RGBA)
    return four.view(np.uint32)[..., 0]


def _pick(planes: Array, pixels: npt.NDArray[Any], columns: Indices, weights: Array) -> None:
    """Fill (channels, n, width) with the values of some columns, 0..1, times the weight of each."""
    found = pixels.take(columns, 1, mode="clip")
    if len(planes) == 1:
        planes[0] = found
    else:
        import cv2

        *colours, _ = cv2.split(found.view(np.uint8).reshape(*found.shape, 4))
        for plane, colour in zip(planes, colours, strict=True):
            plane[:] = colour
    planes /= _BYTE
    planes *= weights


@dataclass(frozen=True, eq=False)
class _Across:
    """The sources of each new column: the old columns to its left and right, and their weights."""

    left: Indices
    right: Indices
    weight_left: Array
    weight_right: Array


@dataclass(frozen=True, eq=False)
class _Block:
    """New rows from `start` to `stop`: the `count` old rows they need, and which of these are above and below each."""

    start: int
    stop: int
    needed: slice | Indices
    count: int
    above: Indices
    below: Indices
    weight_above: Array
    weight_below: Array


@lru_cache(maxsize=1)
def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=32)
def _across(old: int, new: int) -> _Across:
    left, right, weight = _steps(old, new)
    if old == 1 or new == 1:
        left[:], weight[:] = old - 1, 0
    left[-1], weight[-1] = old - 1, 0
    return _Across(left, right, 1 - weight, weight)


@lru_cache(maxsize=32)
def _blocks(old: int, new: int, row: int) -> tuple[_Block, ...]:
    """Split new rows of `row` values into blocks that fit the cache together with their old rows."""
    above, below, weight = _steps(old, new)
    weight_above, weight_below = (1 - weight)[:, None], weight.copy()[:, None]
    weight_below[-1] = 0
    if old == 1:
        weight_below[:] = 0
    most = max(_CELLS / row / max(old / new, 1), 1)
    size = math.ceil(new / (2 * math.ceil(new / 2 / most)))  # an even number of blocks, for two threads
    blocks = []
    for start in range(0, new, size):
        stop = min(start + size, new)
        rows = np.concatenate([above[start:stop], below[start:stop]])
        needed: slice | Indices
        needed, position = np.unique(rows, return_inverse=True)
        count = len(needed)
        if needed[-1] - needed[0] < count:
            needed = slice(int(needed[0]), int(needed[-1]) + 1)
        first, second = position[: stop - start], position[stop - start :]
        weights = weight_above[start:stop], weight_below[start:stop]
        blocks.append(_Block(start, stop, needed, count, first, second, *weights))
    return tuple(blocks)


def _steps(old: int, new: int) -> tuple[Indices, Indices, Array]:
    """Return, for each new position, the old ones before and after it, and the weight of the latter; all in float32."""
    if new == 1:  # Darknet divides by 0 here; the first position is what its formula means
        return np.zeros(1, np.intp), np.array([min(1, old - 1)]), np.zeros(1, np.float32)
    scale = np.float32(old - 1) / np.float32(new - 1)
    exact = np.arange(new, dtype=np.float32) * scale
    before = exact.astype(np.intp)
    weight = exact - before.astype(np.float32)
    before = np.minimum(before, old - 1)
    return before, np.minimum(before + 1, old - 1), weight
