"""Writes a model whose large tensors are created one at a time, so that the file is never in memory as a whole.

The small parts are serialised by the onnx package; the graph's length and the tensors' headers are written here. The
last bytes of a file are its seal, see `frame`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import BinaryIO, NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto

from darkcsp.arrays import Array
from darkcsp.errors import ModelError
from darkcsp.modelfile.bounds import LARGE, MOST_BYTES
from darkcsp.modelfile.frame import Value, large_values, pieces, seal
from darkcsp.modelfile.protobuf import GraphField, ModelField, Reader, TensorField, tag, varint
from darkcsp.modelfile.reading import OnnxFile

PIECE = 1 << 18
"""Bytes of a piece of a tensor; small enough to stay in a processor's cache until they are written."""


class LazyTensor(NamedTuple):
    """A large float32 tensor whose values are created only when they are written, one tensor at a time.

    Attributes:
        name: name of the tensor.
        shape: shape of the whole tensor.
        make: creates its values.
        pieces: creates them a few rows at a time; None if they are created all at once. Freeing large arrays here makes
            an engine that loads the model next take more memory, because glibc keeps them for later allocations.
    """

    name: str
    shape: tuple[int, ...]
    make: Callable[[], Array]
    pieces: Callable[[], Iterator[Array]] | None = None


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
    """Write the model. Raises ModelError if it would exceed protobuf's 2 GiB."""
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
    front = shell.SerializeToString(deterministic=True) + tag(ModelField.GRAPH) + varint(total)
    if len(front) + total > MOST_BYTES:
        raise ModelError("", f"the model would take {total} bytes; ONNX files hold at most {MOST_BYTES}")
    digest = hashlib.sha256(front)
    for piece in _without_large_values(graph):
        digest.update(piece)
    file.write(front)
    file.write(graph)
    for head, tensor, size in zip(heads, parts.tensors, sizes, strict=True):
        digest.update(head)
        file.write(head)
        for values in _pieces(tensor):
            if size <= LARGE:
                digest.update(values.data)
            file.write(values.data)
    file.write(seal(digest.hexdigest()))


def _without_large_values(graph: bytes) -> Iterator[bytes]:
    places = large_values(io.BytesIO(graph), len(graph))
    return pieces(Reader(io.BytesIO(graph), len(graph)), places)


def describe(parts: Parts, path: str, file: str) -> OnnxFile:
    """Return what `read_onnx_file` would return for the model in `file`; `path` is its name in messages."""
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


def piece_rows(shape: tuple[int, ...]) -> Iterator[slice]:
    """Split the rows of a tensor into pieces."""
    count = max(PIECE // (4 * max(prod(shape[1:]), 1)), 1)
    for start in range(0, shape[0], count):
        yield slice(start, min(start + count, shape[0]))


def row_pieces(tensor: LazyTensor) -> Iterator[Array]:
    """Create a tensor's values a few rows at a time; values that are created all at once are split."""
    if tensor.pieces is not None:
        yield from tensor.pieces()
        return
    values = tensor.make()
    for rows in piece_rows(tensor.shape):
        yield values[rows]


def _pieces(tensor: LazyTensor) -> Iterator[Array]:
    """Create a tensor's values in one or several pieces of its rows."""
    if tensor.pieces is None:
        yield _values(tensor)
        return
    rows = 0
    for piece in tensor.pieces():
        rows += len(piece)
        yield _checked(piece, (len(piece), *tensor.shape[1:]), tensor.name)
    if rows != tensor.shape[0]:
        raise ValueError(f"{tensor.name} has {rows} rows, expected shape {tensor.shape}")


def _values(tensor: LazyTensor) -> Array:
    return _checked(tensor.make(), tensor.shape, tensor.name)


def _checked(values: Array, shape: tuple[int, ...], name: str) -> Array:
    if values.shape != shape:
        raise ValueError(f"{name} has shape {values.shape}, expected {shape}")
    return np.ascontiguousarray(values, "<f4")


def _frame(tensor: LazyTensor) -> TensorProto:
    return TensorProto(name=tensor.name, dims=tensor.shape, data_type=TensorProto.FLOAT)
