"""Converts a float32 model to float16, in one of two ways.

Measured: ONNX Runtime, OpenVINO, OpenCV 4.10 and 4.14 and OpenCV 5's new engine read a model that computes in float16;
OpenCV 5's classic engine has no float16 tensors. On a CPU without AVX512-FP16, all of them still compute in float32 and
take the same time. Weights that are stored as float16 and cast when the model is loaded are read by every engine, cost
no time, and lose less precision.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from darkcsp.errors import MissingBackendError
from darkcsp.modelfile.index import Index
from darkcsp.modelfile.targets import Float16
from darkcsp.precision.border import find_border
from darkcsp.precision.numbers import LARGEST


def to_float16(model: onnx.ModelProto, form: Float16) -> onnx.ModelProto:
    """Return a model with float16 weights; inputs, outputs and the decoding stay float32.

    Args:
        model: a float32 model made by darkcsp; it is not modified.
        form: "computed": everything up to the heads' last convolutions is computed in float16. "stored": weights are
            stored as float16 and cast to float32.

    Raises:
        MissingBackendError: ONNX Runtime, whose converter is used for "computed", is not installed.
    """
    return _computed(model) if form == "computed" else _stored(model)


def _stored(model: onnx.ModelProto) -> onnx.ModelProto:
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    tail, index = find_border(model).tail, Index.of_graph(model.graph)
    casts = []
    for tensor in changed.graph.initializer:
        large = tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1  # biases are few, and sums
        if not large or _is_read_by(index, tensor.name, tail):
            continue
        name, short = tensor.name, f"{tensor.name}/float16"
        halves = numpy_helper.to_array(tensor).clip(-LARGEST, LARGEST).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(halves, short))
        casts.append(helper.make_node("Cast", [short], [name], name=f"{name}/Cast", to=TensorProto.FLOAT))
    nodes = [*casts, *changed.graph.node]
    del changed.graph.node[:]
    changed.graph.node.extend(nodes)
    return changed


def _computed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Cut off the decoding, convert the body with ONNX Runtime's converter, and append the decoding again.

    The converter can exclude the decoding, but would round to float16 between any two of its nodes.
    """
    try:
        from onnxruntime.quantization.onnx_model import ONNXModel  # type: ignore[import-untyped]
        from onnxruntime.transformers.float16 import convert_float_to_float16  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("fp16", "onnxruntime") from None
    body, tail = _cut(model)
    halves: onnx.ModelProto = convert_float_to_float16(body, max_finite_val=LARGEST, keep_io_types=True)
    ONNXModel(halves).topological_sort()
    graph = halves.graph
    del graph.output[:], graph.value_info[:]
    graph.output.extend(model.graph.output)
    graph.node.extend(tail)
    known = {tensor.name for tensor in graph.initializer}
    graph.initializer.extend(_read_by(tail, model, without=known))
    return halves


def _cut(model: onnx.ModelProto) -> tuple[onnx.ModelProto, list[onnx.NodeProto]]:
    """Return the model up to the heads' last products, whose results are its outputs, and the nodes after it."""
    border, index = find_border(model), Index.of_graph(model.graph)
    tail = [node for node in index.nodes if node.name in border.tail]
    nodes = [node for node in index.nodes if node.name not in border.tail]
    made = sorted(name for node in nodes for name in node.output)
    ends = [name for name in made if index.is_output(name) or _is_read_by(index, name, border.tail)]
    body = onnx.ModelProto()
    body.CopyFrom(model)
    graph = body.graph
    del graph.node[:], graph.output[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(_read_by(nodes, model))
    kinds = {value.name: value for value in onnx.shape_inference.infer_shapes(model).graph.value_info}
    kinds.update({output.name: output for output in model.graph.output})
    graph.output.extend(kinds[name] for name in ends)
    return body, tail


def _is_read_by(index: Index, tensor: str, nodes: frozenset[str]) -> bool:
    return any(node.name in nodes for node in index.readers(tensor))


def _read_by(nodes: Iterable[onnx.NodeProto], model: onnx.ModelProto, without: Iterable[str] = ()) -> list[TensorProto]:
    read = {name for node in nodes for name in node.input} - set(without)
    return [tensor for tensor in model.graph.initializer if tensor.name in read]
