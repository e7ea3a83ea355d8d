"""The interface of sinks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from darkcsp.detect.classifier import Classification
from darkcsp.detect.detections import Detections
from darkcsp.media.frame import Frame

Result = Detections | Sequence[Classification]
"""The result for a picture."""


class Sink(Protocol):
    """Takes results one by one. Files appear complete or not at all."""

    def write(self, frame: Frame, result: Result) -> None:
        """Take one picture's result. Raises MediaError if it cannot be written."""
        ...

    def close(self) -> None:
        """Write the rest; called at most once. Raises MediaError if it cannot be written."""
        ...

    def discard(self) -> None:
        """Drop whatever is not written yet, after an error; does nothing after `close`."""
        ...
