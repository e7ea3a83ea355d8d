"""Models as written by other converters, for comparison."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import numpy as np
import onnx
from onnx import ModelProto, helper, numpy_helper

from darkcsp.graph import Graph
from darkcsp.modelfile import ExportOptions
from darkcsp.modelfile.writing import assemble
from darkcsp.to_onnx import activation_functions, model_parts
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.weightfile import Weights

MISH_OPSET = 18


def plain_export(graph: Graph, weights: Weights) -> ModelProto:
    """Return the portable model with decoded boxes and folded batch norm, as converters do, and no other passes."""
    return assemble(model_parts(graph, weights, ExportOptions(), ["fold-batchnorm"]))


def mish_export(graph: Graph, weights: Weights) -> ModelProto:
    """Return the plain model with Mish as one node, which is an operator since opset 18."""

    def operator(emit: Emitter, x: str) -> str:
        return emit.node("Mish", x)

    with mock.patch.dict(activation_functions.FUNCTIONS, {"mish": operator}):
        model = plain_export(graph, weights)
    (opset,) = model.opset_import
    opset.version = MISH_OPSET
    return model


def unfolded_export(graph: Graph, weights: Weights) -> ModelProto:
    """Return the plain model with batch norm after convolutions as nodes, with mean 0 and variance 1."""
    model = plain_export(graph, weights)
    filters = {tensor.name: tensor.dims[0] for tensor in model.graph.initializer if len(tensor.dims) == 1}
    nodes = []
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type != "Conv" or len(node.input) < 3 or not is_normalized(graph, node.name):
            continue
        biases, output = node.input.pop(), node.output[0]
        node.output[0] = f"{output}/convolved"
        parts = []
        for part, value in (("scales", 1.0), ("means", 0.0), ("variances", 1.0)):
            parts.append(f"{output}/{part}")
            model.graph.initializer.append(
                numpy_helper.from_array(np.full(filters[biases], value, np.float32), parts[-1])
            )
        inputs = [node.output[0], parts[0], biases, *parts[1:]]
        nodes.append(helper.make_node("BatchNormalization", inputs, [output], name=f"{output}/normalized"))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def is_normalized(graph: Graph, node: str) -> bool:
    """Tell whether a node belongs to a layer with batch norm. Its name begins with the layer's name."""
    label = node.partition("/")[0]
    return any(spec.label == label and getattr(spec, "batch_normalize", False) for spec in graph.layers)


def write(path: Path, model: ModelProto) -> None:
    """Write a model after checking that it is valid."""
    onnx.checker.check_model(model)
    onnx.save(model, path)


def has_mish(graph: Graph) -> bool:
    """Tell whether any layer has the activation."""
    return any(getattr(spec, "activation", "") == "mish" for spec in graph.layers)
