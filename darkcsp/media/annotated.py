"""A folder of annotated pictures."""

from __future__ import annotations

from darkcsp.detect.detections import Detections
from darkcsp.media.frame import Frame
from darkcsp.media.picture_files import WRITABLE, write_picture
from darkcsp.media.sink import Result
from darkcsp.media.targets import Targets


class AnnotatedPictures:
    """A Sink that writes annotated pictures to their relative paths; formats that cannot be written become JPEG.

    Frames of clips are left to AnnotatedVideos. Results of classifiers are not drawn.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink. Raises MediaError if it would overwrite a protected picture."""
        if isinstance(result, Detections) and frame.clip is None:
            target = self._targets.path(frame.relative, WRITABLE, ".jpg")
            write_picture(target, result.draw(frame.image))

    def close(self) -> None:
        """See Sink."""

    def discard(self) -> None:
        """See Sink."""
