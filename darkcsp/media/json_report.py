"""One JSON document with what was found in every picture."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TextIO

from darkcsp.detect.detections import Detections
from darkcsp.errors import MediaError
from darkcsp.files import write_whole
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result


class JsonReport:
    """A Sink that writes a list of {"file", "width", "height", and "detections" or "classes"}, at the end.

    Boxes are `xyxy`: left, top, right, bottom in pixels.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Write to a file or an open stream. Raises MediaError where the file's folder does not exist."""
        self._target = target
        self._pictures: list[dict[str, object]] = []
        if isinstance(target, (str, os.PathLike)) and not Path(target).parent.is_dir():
            raise MediaError(f"{os.fspath(target)}: there is no folder {Path(target).parent}")

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        height, width = frame.image.shape[:2]
        entry: dict[str, object] = {"file": frame.path.as_posix(), "width": width, "height": height}
        if isinstance(result, Detections):
            entry.update(result.to_dict())
        else:
            entry["classes"] = [{**item._asdict(), "probability": round(item.probability, 6)} for item in result]
        self._pictures.append(entry)

    def close(self) -> None:
        """See Sink."""
        text = json.dumps(self._pictures, indent=1) + "\n"
        if not isinstance(self._target, (str, os.PathLike)):
            self._target.write(text)
            return
        try:
            with write_whole(self._target) as file:
                file.write(text.encode())
        except OSError as error:
            raise MediaError(f"{os.fspath(self._target)}: cannot be written: {error.strerror}") from None
