"""The source that reads a video file."""

from __future__ import annotations

from collections.abc import Iterator

from darkcsp.errors import MediaError
from darkcsp.media.capture import OpenCapture, frames, open_with_opencv, opened
from darkcsp.media.found import Found
from darkcsp.media.frame import Frame, Unreadable, origin_of
from darkcsp.media.picture_files import MOST_PIXELS, import_opencv


class VideoFile:
    """A Source of a video's frames. A video that cannot be opened or has no frames is reported as unreadable."""

    def __init__(
        self, file: Found, open_capture: OpenCapture = open_with_opencv, most_pixels: int | None = MOST_PIXELS
    ) -> None:
        self._file, self._open, self._most_pixels = file, open_capture, most_pixels

    @property
    def count(self) -> int | None:
        """See Source; read from the file's header."""
        try:
            with opened(str(self._file.path), "", self._open) as capture:
                count = int(capture.get(import_opencv().CAP_PROP_FRAME_COUNT))
        except MediaError:
            return 1  # the one error that will be reported
        return count if count > 0 else None

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        origin, some = origin_of(self._file.path), False
        try:
            with opened(str(self._file.path), origin, self._open) as capture:
                for frame in frames(capture, origin, self._file.relative, self._most_pixels):
                    some = True
                    yield frame
            if not some:
                raise MediaError(origin, "has no frames that OpenCV can read")
        except MediaError as error:
            yield Unreadable(origin, error)
