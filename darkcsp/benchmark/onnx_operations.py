"""The number of operations in an ONNX file, counted as Darknet counts those of convolutions."""

from __future__ import annotations

import os
from math import prod

_CONVOLUTIONS = {"Conv", "ConvTranspose", "QLinearConv", "ConvInteger"}
_PRODUCTS = {"Gemm", "MatMul"}


def count_operations(path: str | os.PathLike[str]) -> float | None:
    """Return the operations of convolutions and matrix products for one picture, 2 per multiplication and addition.

    Darknet counts little else. None if shapes are not known.
    """
    import onnx
    from onnx import shape_inference

    try:
        model = shape_inference.infer_shapes(onnx.load(os.fspath(path)), strict_mode=False)
    except Exception:  # onnx has no common base error; runtimes will report what is wrong with the file
        return None
    graph = model.graph
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        shapes.setdefault(value.name, tuple(side.dim_value for side in value.type.tensor_type.shape.dim))
    total = 0.0
    for node in graph.node:
        if node.op_type in _CONVOLUTIONS | _PRODUCTS:
            found = _operations(node, shapes)
            if found is None:
                return None
            total += found
    return total


def _operations(node: object, shapes: dict[str, tuple[int, ...]]) -> float | None:
    """Count one node: its outputs (inputs, if it is a transposed convolution) times the operations for each."""
    from onnx import NodeProto

    assert isinstance(node, NodeProto)
    weights = shapes.get(node.input[3 if node.op_type == "QLinearConv" else 1], ())
    counted = shapes.get(node.input[0] if node.op_type == "ConvTranspose" else node.output[0], ())
    if not weights or not counted or 0 in weights or 0 in counted[1:]:
        return None
    values = prod(counted[1:])  # without the batch, which may be dynamic
    if node.op_type in _CONVOLUTIONS:
        return 2.0 * values * prod(weights[1:])
    transposed = node.op_type == "Gemm" and any(part.name == "transB" and part.i for part in node.attribute)
    return 2.0 * values * weights[-1 if transposed else -2] if len(weights) > 1 else 2.0 * weights[0]
