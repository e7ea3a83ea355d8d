"""A folder of annotated videos."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.detect.detections import Detections
from darkcsp.errors import MediaError
from darkcsp.files import place_whole
from darkcsp.media.frame import Clip, Frame
from darkcsp.media.picture_files import import_opencv
from darkcsp.media.sink import Result
from darkcsp.media.targets import Targets

CODECS = {".avi": "MJPG", ".m4v": "mp4v", ".mkv": "mp4v", ".mov": "mp4v", ".mp4": "mp4v"}
"""Endings of the videos that can be written, and codecs that OpenCV can write in them without further libraries."""

_ROOM = 1 << 16
"""Bytes that must still fit on the disk after a video was written completely."""


class AnnotatedVideos:
    """A Sink that writes each annotated clip to its relative path, with the same rate and number of frames.

    Formats that cannot be written become MP4, in which frames of odd width or height lose their last column or row. A
    video takes its place when the next one begins or the sink is closed. Single pictures are left to
    AnnotatedPictures. Results of classifiers are not drawn.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._clip: Clip | None = None
        self._video: _Video | None = None

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        if not isinstance(result, Detections) or frame.clip is None:
            return
        if frame.clip is not self._clip:
            self.close()
            target = self._targets.path(frame.relative, CODECS, ".mp4")
            height, width = frame.image.shape[:2]
            self._video = _Video(target, frame.clip.rate, (width, height))
            self._clip = frame.clip
        assert self._video is not None
        self._video.add(result.draw(frame.image))

    def close(self) -> None:
        """See Sink."""
        video, self._video, self._clip = self._video, None, None
        if video is not None:
            video.finish()

    def discard(self) -> None:
        """See Sink."""
        video, self._video, self._clip = self._video, None, None
        if video is not None:
            video.discard()


class _Video:
    """One video, in a temporary file next to its place until it is complete."""

    def __init__(self, target: Path, rate: float, size: tuple[int, int]) -> None:
        """Open the video for writing; `size` is (width, height). Raises MediaError if that fails."""
        cv2 = import_opencv()
        self._target, self._size = target, size
        self._block = place_whole(target)
        try:
            self._part = part = self._block.__enter__()
        except OSError as error:
            raise self._failure(error) from None
        # OpenCV takes the format from the ending and opens the file by name.
        self._writer: Any = cv2.VideoWriter(
            str(part), cv2.VideoWriter_fourcc(*CODECS[target.suffix.lower()]), rate, size
        )
        if not self._writer.isOpened():
            self.discard()
            raise MediaError(target, "OpenCV cannot write a video in this format")

    def add(self, image: npt.NDArray[np.uint8]) -> None:
        height, width = image.shape[:2]
        if (width, height) != self._size:  # OpenCV would silently drop the frame
            before = "x".join(map(str, self._size))
            raise MediaError(self._target, f"a frame is {width}x{height}, expected {before} like the frames before it")
        self._writer.write(image)

    def finish(self) -> None:
        self._writer.release()
        try:
            _check_room(self._part)
            self._block.__exit__(None, None, None)
        except OSError as error:
            self.discard()
            raise self._failure(error) from None

    def discard(self) -> None:
        self._writer.release()
        dropped = InterruptedError()
        with suppress(OSError):
            self._block.__exit__(type(dropped), dropped, None)

    def _failure(self, error: OSError) -> MediaError:
        return MediaError(self._target, f"cannot be written: {error.strerror}")


def _check_room(video: Path) -> None:
    """Raise OSError if the disk is full; OpenCV then writes half a video and reports nothing."""
    with video.open("ab", buffering=0) as file:
        end = file.tell()
        room = file.write(bytes(_ROOM))
        file.truncate(end)
    if not end or room < _ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
