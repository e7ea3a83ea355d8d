"""Picture files: reading, writing, and the source that reads a sequence of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.errors import MediaError, MissingBackendError
from darkcsp.files import write_whole
from darkcsp.media.bounded import MOST_BYTES, read_file
from darkcsp.media.formats import check_picture
from darkcsp.media.formats.format import Data, FlawError
from darkcsp.media.found import Found
from darkcsp.media.frame import Frame, Unreadable, origin_of

WRITABLE = frozenset(".bmp .jpe .jpeg .jpg .png .ppm .tif .tiff .webp".split())
"""Endings of the picture files that can be written."""

MOST_PIXELS = 200_000_000
"""Number of pixels of the largest picture that is decoded."""


class PictureFiles:
    """A Source of picture files."""

    def __init__(self, files: Sequence[Found], most_pixels: int | None = MOST_PIXELS) -> None:
        self._files, self._most_pixels = files, most_pixels

    @property
    def count(self) -> int:
        """See Source."""
        return len(self._files)

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        for path, relative in self._files:
            try:
                image = read_picture(path, self._most_pixels)
            except MediaError as error:
                yield Unreadable(origin_of(path), error)
            else:
                yield Frame(origin_of(path), relative, image)


def read_picture(
    path: str | os.PathLike[str], most_pixels: int | None = MOST_PIXELS, most_bytes: int | None = MOST_BYTES
) -> npt.NDArray[np.uint8]:
    """Read a picture as (height, width, 3) uint8, BGR, rotated according to its EXIF data.

    Args:
        path: a file in any format that OpenCV reads and `darkcsp.media.formats` knows.
        most_pixels: maximum number of pixels, checked in the header before decoding; None for no limit.
        most_bytes: maximum size of the file; None for no limit.

    Raises:
        MediaError: it cannot be read, is too large, is cut off, or is not a picture.
        MissingBackendError: OpenCV is not installed.
    """
    return decode_picture(read_file(path, most_bytes), os.fspath(path), most_pixels)


def decode_picture(data: Data, name: str, most_pixels: int | None = MOST_PIXELS) -> npt.NDArray[np.uint8]:
    """Decode the contents of a picture file, as `read_picture` does; messages call the picture `name`."""
    cv2 = import_opencv()
    if not data:
        raise MediaError(name, "is empty, expected a picture")
    try:
        check_picture(data, most_pixels)
    except FlawError as error:
        raise MediaError(name, str(error)) from None
    try:
        image: npt.NDArray[np.uint8] | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # for example, more pixels than OpenCV accepts
        image = None
    if image is None:
        raise MediaError(name, "is not a picture that OpenCV can read")
    return image


def write_picture(path: str | os.PathLike[str], image: npt.NDArray[np.uint8]) -> None:
    """Write a picture in the format of the path's ending; the file appears complete or not at all.

    Args:
        path: the file, with one of the endings in `WRITABLE`.
        image: (height, width, 3) uint8, BGR, or (height, width).

    Raises:
        MediaError: it cannot be written.
        MissingBackendError: OpenCV is not installed.
    """
    cv2 = import_opencv()
    target = Path(path)
    if target.suffix.lower() not in WRITABLE:
        raise MediaError(target, f"pictures can be written as {', '.join(sorted(WRITABLE))}")
    try:
        done, data = cv2.imencode(target.suffix.lower(), image)
    except cv2.error as error:
        raise MediaError(target, f"cannot be written: {str(error).strip().splitlines()[-1]}") from None
    if not done:
        raise MediaError(target, f"OpenCV cannot write {target.suffix}")
    try:
        with write_whole(target) as file:
            file.write(data.tobytes())
    except OSError as error:
        raise MediaError(target, f"cannot be written: {error.strerror}") from None


def import_opencv() -> Any:
    """Return the module cv2. Raises MissingBackendError if it is not installed."""
    try:
        import cv2
    except ImportError:
        raise MissingBackendError("picture", "opencv-python") from None
    return cv2
