"""Specs and arrays to ONNX nodes. Never imports torch."""

from darkcsp.to_onnx import layers  # noqa: F401  # registers how each layer is written
from darkcsp.to_onnx.export import convert
from darkcsp.to_onnx.model import build_onnx, model_parts

__all__ = ["build_onnx", "convert", "model_parts"]
