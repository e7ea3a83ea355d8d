"""Picture to batch, outputs to detections. Names are resolved when they are first used: neither cv2 nor torch here."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkcsp.detect.classifier import Classification, Classifier
    from darkcsp.detect.detections import Detections
    from darkcsp.detect.detector import Detector

_HOMES = {
    "Classification": "darkcsp.detect.classifier",
    "Classifier": "darkcsp.detect.classifier",
    "Detections": "darkcsp.detect.detections",
    "Detector": "darkcsp.detect.detector",
}

__all__ = ["Classification", "Classifier", "Detections", "Detector"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
