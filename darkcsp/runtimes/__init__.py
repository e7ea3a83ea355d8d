"""Runs models on OpenCV, ONNX Runtime, OpenVINO and PyTorch through one small protocol.

Names are imported on first use; importing this package needs only the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.lazy import lazy_names

if TYPE_CHECKING:
    from darkcsp.modelfile.metadata import HeadInfo, Metadata
    from darkcsp.runtimes.backends import BACKENDS, Backend, Engine, engines_of
    from darkcsp.runtimes.opening import open_runtime
    from darkcsp.runtimes.runtime import Runtime

_HOMES = {
    "BACKENDS": "darkcsp.runtimes.backends",
    "Backend": "darkcsp.runtimes.backends",
    "Engine": "darkcsp.runtimes.backends",
    "HeadInfo": "darkcsp.modelfile.metadata",
    "Metadata": "darkcsp.modelfile.metadata",
    "Runtime": "darkcsp.runtimes.runtime",
    "engines_of": "darkcsp.runtimes.backends",
    "open_runtime": "darkcsp.runtimes.opening",
}

__all__ = ["BACKENDS", "Backend", "Engine", "HeadInfo", "Metadata", "Runtime", "engines_of", "open_runtime"]

if not TYPE_CHECKING:  # a type checker should report misspelt names
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)
