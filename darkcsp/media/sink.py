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
    """Takes results one by one."""

    def write(self, frame: Frame, result: Result) -> None:
        """Take one picture's result. Raises MediaError where it cannot be written."""
        ...

    def close(self) -> None:
        """Write what is left; called once, when all went well. Raises MediaError where it cannot be written."""
        ...
