"""Frames of anything that OpenCV opens as a VideoCapture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from darkcsp.errors import MediaError
from darkcsp.media.bounded import require_regular
from darkcsp.media.frame import Clip, Frame
from darkcsp.media.picture_files import MOST_PIXELS, import_opencv
from darkcsp.runtimes.backends.opencv import silenced

OpenCapture = Callable[[Any], Any]
"""Makes a VideoCapture of a file's name or a camera's number."""

RATE = 30.0
"""Frames per second where the capture does not know."""

_FASTEST = 1000


def open_with_opencv(what: Any) -> Any:
    """Return a cv2.VideoCapture.

    Raises MediaError for what is no regular file, such as a FIFO, on which OpenCV would wait, and MissingBackendError
    where OpenCV is not installed.
    """
    if isinstance(what, str):
        require_regular(what)
    return import_opencv().VideoCapture(what)


@contextmanager
def opened(
    what: Any, name: str, open_capture: OpenCapture, otherwise: str = "OpenCV cannot open it as a video"
) -> Iterator[Any]:
    """Open a capture and release it in the end. Raises MediaError, which says `otherwise`, if it does not open."""
    with silenced(import_opencv()):
        capture = open_capture(what)
    try:
        if not capture.isOpened():
            raise MediaError(name, otherwise)
        yield capture
    finally:
        capture.release()


def frames(capture: Any, origin: str, relative: Path, most_pixels: int | None = MOST_PIXELS) -> Iterator[Frame]:
    """Read an open capture to its end. Raises MediaError, before the first frame, where they are larger."""
    cv2 = import_opencv()
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if most_pixels is not None and width * height > most_pixels:
        raise MediaError(origin, f"has {width:.0f}x{height:.0f} pixels, expected at most {most_pixels} in all")
    rate = float(capture.get(cv2.CAP_PROP_FPS))
    clip = Clip(rate if 0 < rate <= _FASTEST else RATE)
    number = 0
    while True:
        read, image = capture.read()
        if not read or image is None:
            return
        yield Frame(origin, relative, image, clip, number)
        number += 1
