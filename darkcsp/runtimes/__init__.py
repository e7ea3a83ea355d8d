"""Model and batch to outputs, behind one small protocol: OpenCV, ONNX Runtime, OpenVINO, PyTorch."""

from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.runtimes.backends import BACKENDS, engines_of
from darkcsp.runtimes.opening import open_runtime
from darkcsp.runtimes.runtime import Backend, BackendOrAuto, Runtime

__all__ = ["BACKENDS", "Backend", "BackendOrAuto", "HeadInfo", "Metadata", "Runtime", "engines_of", "open_runtime"]
