"""JSON lines, one document per picture."""

from __future__ import annotations

import os
from typing import TextIO

from darkcsp.json_text import json_text
from darkcsp.media.frame import Frame
from darkcsp.media.growing import GrowingText
from darkcsp.media.json_report import entry
from darkcsp.media.sink import Result


class JsonLines:
    """A Sink that writes each picture's entry (see `json_report.entry`) immediately."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Write to a file or an open stream. Raises MediaError if the file's folder does not exist."""
        self._text = GrowingText(target)

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        self._text.write(json_text(entry(frame, result)) + "\n")

    def close(self) -> None:
        """See Sink."""
        self._text.finish()

    def discard(self) -> None:
        """See Sink."""
        self._text.discard()
