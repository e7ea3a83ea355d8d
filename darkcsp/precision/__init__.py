"""Converts models to float16 and int8, and measures the loss of accuracy.

Names are imported on first use; importing this package loads neither onnx nor cv2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.lazy import lazy_names

if TYPE_CHECKING:
    from darkcsp.precision.calibration import Calibration, open_calibration
    from darkcsp.precision.comparing import compare, compare_runtimes
    from darkcsp.precision.costs import ClassifierCost, DetectorCost, OutputCost
    from darkcsp.precision.export import convert_precision
    from darkcsp.precision.float16 import to_float16
    from darkcsp.precision.int8 import Calibrated, calibrate, to_int8
    from darkcsp.precision.matching import match
    from darkcsp.precision.report import PrecisionReport

_HOMES = {
    "Calibrated": "darkcsp.precision.int8",
    "Calibration": "darkcsp.precision.calibration",
    "ClassifierCost": "darkcsp.precision.costs",
    "DetectorCost": "darkcsp.precision.costs",
    "OutputCost": "darkcsp.precision.costs",
    "PrecisionReport": "darkcsp.precision.report",
    "calibrate": "darkcsp.precision.int8",
    "compare": "darkcsp.precision.comparing",
    "compare_runtimes": "darkcsp.precision.comparing",
    "convert_precision": "darkcsp.precision.export",
    "match": "darkcsp.precision.matching",
    "open_calibration": "darkcsp.precision.calibration",
    "to_float16": "darkcsp.precision.float16",
    "to_int8": "darkcsp.precision.int8",
}

__all__ = [
    "Calibrated",
    "Calibration",
    "ClassifierCost",
    "DetectorCost",
    "OutputCost",
    "PrecisionReport",
    "calibrate",
    "compare",
    "compare_runtimes",
    "convert_precision",
    "match",
    "open_calibration",
    "to_float16",
    "to_int8",
]

if not TYPE_CHECKING:  # a type checker should report misspelt names
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
