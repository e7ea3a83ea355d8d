"""darkcsp reads Darknet `.cfg` and `.weights` files, turns them into PyTorch modules and ONNX models, and runs them.

Names are resolved when they are first used: `import darkcsp` itself imports neither torch, nor onnx, nor cv2.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from darkcsp.version import __version__

if TYPE_CHECKING:
    from darkcsp import precision, runtimes
    from darkcsp.cfg import Cfg, read_cfg
    from darkcsp.detect import Classifier, Detections, Detector
    from darkcsp.errors import CfgWarning, DarkcspError
    from darkcsp.graph import Graph, build_graph
    from darkcsp.to_onnx import build_onnx, convert
    from darkcsp.to_torch import Network, load
    from darkcsp.weightfile import Weights, read_weights, write_weights

_HOMES = {
    "Cfg": "darkcsp.cfg",
    "CfgWarning": "darkcsp.errors",
    "Classifier": "darkcsp.detect",
    "DarkcspError": "darkcsp.errors",
    "Detections": "darkcsp.detect",
    "Detector": "darkcsp.detect",
    "Graph": "darkcsp.graph",
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
_MODULES = ("precision", "runtimes")

__all__ = [  # noqa: RUF022  # by subject, as in the documentation
    "__version__",
    "Cfg",
    "read_cfg",
    "Graph",
    "build_graph",
    "Weights",
    "read_weights",
    "write_weights",
    "Network",
    "load",
    "build_onnx",
    "convert",
    "Detector",
    "Classifier",
    "Detections",
    "runtimes",
    "precision",
    "DarkcspError",
    "CfgWarning",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
