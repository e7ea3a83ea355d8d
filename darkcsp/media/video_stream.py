"""The source that reads a network camera."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from darkcsp.errors import MediaError
from darkcsp.media.capture import OpenCapture, frames, opened
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.picture_files import MOST_PIXELS, import_opencv

PATIENCE = 10.0
"""Seconds without an answer, or without a picture, after which a stream is abandoned."""


def open_stream(address: str) -> Any:
    """Return a cv2.VideoCapture of an address that never waits longer than `PATIENCE` seconds.

    Raises MissingBackendError if OpenCV is not installed.
    """
    cv2 = import_opencv()
    milliseconds = int(PATIENCE * 1000)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds, cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)  # other capture backends have no such limits


class VideoStream:
    """A Source of the frames at an RTSP address, until the stream ends or the reader stops."""

    count = None

    def __init__(
        self, address: str, most_pixels: int | None = MOST_PIXELS, open_capture: OpenCapture = open_stream
    ) -> None:
        self._address, self._most_pixels, self._open = address, most_pixels, open_capture

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        name, some = public_address(self._address), False
        try:
            with opened(self._address, name, self._open, _UNANSWERED) as capture:
                for frame in frames(capture, name, file_name(self._address), self._most_pixels):
                    some = True
                    yield frame
            if not some:
                raise MediaError(name, "has no pictures that OpenCV can read")
        except MediaError as error:
            yield Unreadable(name, error)


_UNANSWERED = f"cannot be opened: no video arrived from this address within {PATIENCE:g} seconds"


def public_address(address: str) -> str:
    """Return an address without user name and password, for messages and results."""
    return re.sub(r"(?<=://)[^/?#]*@", "", address)


def file_name(address: str) -> Path:
    """Return a name for a video of the stream: the host name, made safe as a file name."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # brackets that do not match
        host = ""
    return Path((re.sub(r"[^\w.-]", "_", host).strip(".")[-100:] or "stream") + ".mp4")
