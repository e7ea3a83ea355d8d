"""darkcsp reads Darknet `.cfg` and `.weights` files, turns them into PyTorch modules and ONNX models, and runs them.

Names are resolved when they are first used: `import darkcsp` itself imports neither torch, nor onnx, nor cv2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.lazy import lazy_names
from darkcsp.version import __version__

if TYPE_CHECKING:
    from darkcsp import decode, precision, runtimes, zoo
    from darkcsp.cfg import Cfg, read_cfg
    from darkcsp.detect import Classifier, Detection, Detections, Detector
    from darkcsp.errors import ArgumentError, CfgWarning, DarkcspError, DetectionWarning, LimitError
    from darkcsp.graph import Graph, build_graph
    from darkcsp.limits import Limits
    from darkcsp.modelfile import ExportOptions
    from darkcsp.to_onnx import build_onnx, convert
    from darkcsp.to_torch import Network, load
    from darkcsp.weightfile import Weights, read_weights, write_weights

_HOMES = {
    "ArgumentError": "darkcsp.errors",
    "Cfg": "darkcsp.cfg",
    "CfgWarning": "darkcsp.errors",
    "Classifier": "darkcsp.detect",
    "DarkcspError": "darkcsp.errors",
    "Detection": "darkcsp.detect",
    "DetectionWarning": "darkcsp.errors",
    "Detections": "darkcsp.detect",
    "Detector": "darkcsp.detect",
    "ExportOptions": "darkcsp.modelfile",
    "Graph": "darkcsp.graph",
    "LimitError": "darkcsp.errors",
    "Limits": "darkcsp.limits",
    "Network": "darkcsp.to_torch",
    "Weights": "darkcsp.weightfile",
    "build_graph": "darkcsp.graph",
    "build_onnx": "darkcsp.to_onnx",
    "convert": "darkcsp.to_onnx",
    "load": "darkcsp.to_torch",
    "read_cfg": "darkcsp.cfg",
    "read_weights": "darkcsp.weightfile",
    "write_weights": "darkcsp.weightfile",
}
_MODULES = ("decode", "precision", "runtimes", "zoo")

__all__ = [  # noqa: RUF022  # by subject, as in the documentation
    "__version__",
    "Cfg",
    "read_cfg",
    "Graph",
    "build_graph",
    "Limits",
    "Weights",
    "read_weights",
    "write_weights",
    "Network",
    "load",
    "ExportOptions",
    "build_onnx",
    "convert",
    "Detector",
    "Classifier",
    "Detections",
    "Detection",
    "decode",
    "runtimes",
    "precision",
    "zoo",
    "DarkcspError",
    "ArgumentError",
    "LimitError",
    "CfgWarning",
    "DetectionWarning",
]

if not TYPE_CHECKING:  # type checkers should report misspelt names, which a visible __getattr__ would hide
    __getattr__, __dir__ = lazy_names(__name__, _HOMES, _MODULES)
