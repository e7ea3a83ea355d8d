"""Pictures to batches, outputs to detections. Names are imported on first use; importing this loads no cv2 or torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.lazy import lazy_names

if TYPE_CHECKING:
    from darkcsp.detect.classifier import Classification, Classifier
    from darkcsp.detect.detections import Detection, Detections
    from darkcsp.detect.detector import Detector

_HOMES = {
    "Classification": "darkcsp.detect.classifier",
    "Classifier": "darkcsp.detect.classifier",
    "Detection": "darkcsp.detect.detections",
    "Detections": "darkcsp.detect.detections",
    "Detector": "darkcsp.detect.detector",
}

__all__ = ["Classification", "Classifier", "Detection", "Detections", "Detector"]

if not TYPE_CHECKING:  # a type checker should report misspelt names
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
