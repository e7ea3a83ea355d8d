"""Frames of anything that OpenCV can open as a VideoCapture."""

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
"""Makes a VideoCapture from a file name or a camera number."""

RATE = 30.0
"""Frames per second if the capture does not report a rate."""

_FASTEST = 1000


def open_with_opencv(what: Any) -> Any:
    """Return a cv2.VideoCapture.

    Raises MediaError if a path is not a regular file (OpenCV would wait on a FIFO), and MissingBackendError if OpenCV
    is not installed.
    """
    if isinstance(what, str):
        require_regular(what)
    return import_opencv().VideoCapture(what)


@contextmanager
def opened(
    what: Any, name: str, open_capture: OpenCapture, otherwise: str = "OpenCV cannot open it as a video"
) -> Iterator[Any]:
    """Open a capture and release it at the end. Raises MediaError with the reason `otherwise` if it does not open."""
    with silenced(import_opencv()):
        capture = open_capture(what)
    try:
        if not capture.isOpened():
            raise MediaError(name, otherwise)
        yield capture
    finally:
        capture.release()


def frames(capture: Any, origin: str, relative: Path, most_pixels: int | None = MOST_PIXELS) -> Iterator[Frame]:
    """Read an open capture to its end. Raises MediaError before the first frame if frames exceed `most_pixels`."""
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
