"""Model and batch to outputs, behind one small protocol: OpenCV, ONNX Runtime, OpenVINO, PyTorch."""

from darkcsp.runtimes.metadata import HeadInfo, Metadata
from darkcsp.runtimes.opening import open_runtime
from darkcsp.runtimes.runtime import Backend, Runtime

__all__ = ["Backend", "HeadInfo", "Metadata", "Runtime", "open_runtime"]
