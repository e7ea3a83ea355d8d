"""Writes a model whose large tensors are made one at a time: the file's bytes never stand in memory as a whole.

The small parts are serialised by the onnx package; the graph's length and the tensors' frames are written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import BinaryIO, NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto

from darkcsp.errors import ModelError
from darkcsp.modelfile.protobuf import LIMIT, GraphField, ModelField, TensorField, tag, varint
from darkcsp.modelfile.reading import OnnxFile, Value
from darkcsp.weightfile.weights import Array


class LazyTensor(NamedTuple):
    """A large float32 tensor whose values are made when they are written, one tensor at a time."""

    name: str
    shape: tuple[int, ...]
    make: Callable[[], Array]


class Parts(NamedTuple):
    """A model without its large tensors, and those tensors."""

    skeleton: ModelProto
    tensors: list[LazyTensor]


def assemble(parts: Parts) -> ModelProto:
    """Return the whole model in memory."""
    model = ModelProto()
    model.CopyFrom(parts.skeleton)
    for tensor in parts.tensors:
        model.graph.initializer.append(_frame(tensor))
        model.graph.initializer[-1].raw_data = _values(tensor).tobytes()
    return model


def write_model(parts: Parts, file: BinaryIO) -> None:
    """Write the model. Raises ModelError where it would exceed protobuf's 2 GiB."""
    shell = ModelProto()
    shell.CopyFrom(parts.skeleton)
    shell.ClearField("graph")
    graph = parts.skeleton.graph.SerializeToString(deterministic=True)
    frames = [_frame(tensor).SerializeToString(deterministic=True) for tensor in parts.tensors]
    sizes = [4 * prod(tensor.shape) for tensor in parts.tensors]
    prefixes = [
        frame + tag(TensorField.RAW_DATA) + varint(size) for frame, size in zip(frames, sizes, strict=True)
    ]  # of each tensor, up to its values
    heads = [
        tag(GraphField.INITIALIZER) + varint(len(prefix) + size) + prefix
        for prefix, size in zip(prefixes, sizes, strict=True)
    ]
    total = len(graph) + sum(map(len, heads)) + sum(sizes)
    if total > LIMIT:
        raise ModelError(f"the model would take {total} bytes; ONNX files hold at most {LIMIT}")
    file.write(shell.SerializeToString(deterministic=True))
    file.write(tag(ModelField.GRAPH) + varint(total) + graph)
    for head, tensor in zip(heads, parts.tensors, strict=True):
        file.write(head)
        file.write(_values(tensor).data)


def describe(parts: Parts, path: str, file: str) -> OnnxFile:
    """Return what `read_onnx_file` would find in the model, written to `file`; `path` is its name in messages."""
    skeleton = parts.skeleton
    properties = {entry.key: entry.value for entry in skeleton.metadata_props}
    return OnnxFile(path, _described(skeleton.graph.input), _described(skeleton.graph.output), properties, file)


def _described(infos: Iterable[ValueInfoProto]) -> tuple[Value, ...]:
    tensors = ((info.name, info.type.tensor_type) for info in infos)
    return tuple(
        Value(
            name,
            tensor.elem_type,
            tuple(side.dim_value if side.HasField("dim_value") else None for side in tensor.shape.dim),
        )
        for name, tensor in tensors
    )


def _values(tensor: LazyTensor) -> Array:
    values = np.ascontiguousarray(tensor.make(), "<f4")
    if values.shape != tensor.shape:
        raise ValueError(f"{tensor.name} has shape {values.shape}, declared is {tensor.shape}")
    return values


def _frame(tensor: LazyTensor) -> TensorProto:
    return TensorProto(name=tensor.name, dims=tensor.shape, data_type=TensorProto.FLOAT)
