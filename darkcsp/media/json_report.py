"""One JSON document with the results for all pictures."""

from __future__ import annotations

import os
from typing import TextIO

from darkcsp.detect.detections import Detections
from darkcsp.json_text import json_text
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result
from darkcsp.media.targets import require_folder, write_document


class JsonReport:
    """A Sink that writes a list of all pictures' entries (see `entry`) at the end."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Write to a file or an open stream. Raises MediaError if the file's folder does not exist."""
        self._target = target
        self._pictures: list[dict[str, object]] = []
        if isinstance(target, (str, os.PathLike)):
            require_folder(target)

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        self._pictures.append(entry(frame, result))

    def close(self) -> None:
        """See Sink."""
        text = json_text(self._pictures, indent=1) + "\n"
        write_document(self._target, text)

    def discard(self) -> None:
        """See Sink."""


def entry(frame: Frame, result: Result) -> dict[str, object]:
    """Return {"file", "width", "height", and "detections" or "classes"}, ready for JSON.

    Boxes are `xyxy`: left, top, right, bottom in pixels. Frames of videos also have "frame", the index from 0.
    """
    height, width = frame.image.shape[:2]
    found: dict[str, object] = {"file": frame.origin}
    if frame.clip is not None:
        found["frame"] = frame.number
    found.update(width=width, height=height)
    if isinstance(result, Detections):
        found.update(result.to_dict())
    else:
        found["classes"] = [{**item._asdict(), "probability": round(item.probability, 6)} for item in result]
    return found
