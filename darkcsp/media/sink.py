"""What every sink offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from darkcsp.detect.classifier import Classification
from darkcsp.detect.detections import Detections
from darkcsp.media.frame import Frame

Result = Detections | Sequence[Classification]
"""What was found in a picture."""


class Sink(Protocol):
    """Takes results one by one. Files appear whole or not at all."""

    def write(self, frame: Frame, result: Result) -> None:
        """Take one picture's result. Raises MediaError where it cannot be written."""
        ...

    def close(self) -> None:
        """Write what is left; called at most once. Raises MediaError where it cannot be written."""
        ...

    def discard(self) -> None:
        """Drop what is not written yet, after an error; does nothing after `close`."""
        ...
