"""Reads inputs, outputs and properties of an ONNX file, without its tensors and without the onnx package.

A protobuf message is its fields one behind the other, each a tag, a length and the bytes
(https://protobuf.dev/programming-guides/encoding/); field numbers are those of onnx.proto. The file is mapped and
tensors are stepped over, so the cost does not depend on its size.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from darkcsp.errors import ModelError

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_MODEL_GRAPH, _MODEL_PROPERTY = 7, 14
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
FLOAT, UINT8 = 1, 2


@dataclass(frozen=True)
class Value:
    """An input or output: name, element type (FLOAT, UINT8 or another), dimensions (None where open)."""

    name: str
    element: int
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxFile:
    """An ONNX model: where it is, and what stands around its nodes.

    Attributes:
        path: the file, or what to call it in messages.
        data: the bytes of a model in memory, None for a file.
        inputs: what it takes, tensors with values left out.
        outputs: what it returns.
        properties: its metadata.
    """

    path: str
    data: bytes | None
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    properties: Mapping[str, str]


def read_onnx_file(path: str | os.PathLike[str]) -> OnnxFile:
    """Read the frame of an ONNX file. Raises ModelError where it is missing, empty, cut off or something else."""
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise ModelError(f"{name}: is empty, expected an ONNX model")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ModelError(f"{name}: cannot be read: {error.strerror}") from None
    return _parse(memoryview(mapped), name, None)  # unmapped when the last view of it is gone


def parse_onnx_file(data: bytes, name: str) -> OnnxFile:
    """Read the frame of a model in memory; `name` is used in messages."""
    return _parse(memoryview(data), name, data)


class _BrokenError(ValueError):
    """The bytes are no protobuf message."""


def _parse(view: memoryview, path: str, data: bytes | None) -> OnnxFile:
    inputs: list[Value] = []
    outputs: list[Value] = []
    initialised: set[str] = set()
    properties: dict[str, str] = {}
    nodes = 0
    try:
        for field, value in _fields(view):
            if field == _MODEL_PROPERTY:
                entry = dict(_fields(_message(value)))
                properties[_text(entry.get(1, b""))] = _text(entry.get(2, b""))
            elif field == _MODEL_GRAPH:
                for part, content in _fields(_message(value)):
                    nodes += part == _GRAPH_NODE
                    if part == _GRAPH_INPUT:
                        inputs.append(_value(_message(content)))
                    elif part == _GRAPH_OUTPUT:
                        outputs.append(_value(_message(content)))
                    elif part == _GRAPH_INITIALIZER:
                        initialised.update(_text(name) for number, name in _fields(_message(content)) if number == 8)
    except _BrokenError as error:
        raise ModelError(f"{path}: is not an ONNX model, or not all of it: {error}{_hint(path)}") from None
    if not nodes or not outputs:
        raise ModelError(f"{path}: is not an ONNX model: it has no nodes or no outputs{_hint(path)}")
    kept = tuple(item for item in inputs if item.name not in initialised)
    return OnnxFile(path, data, kept, tuple(outputs), properties)


def _hint(path: str) -> str:
    if path.lower().endswith((".cfg", ".weights")):
        return "; Darknet's files are given as cfg and weights, not as model"
    return ""


def _fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value): an int, or the bytes of a text, message or fixed number."""
    position = 0
    while position < len(view):
        tag, position = _varint(view, position)
        wire = tag & 7
        if wire == _VARINT:
            value, position = _varint(view, position)
            yield tag >> 3, value
            continue
        if wire == _BYTES:
            length, position = _varint(view, position)
        elif wire in (_FIXED_64, _FIXED_32):
            length = 8 if wire == _FIXED_64 else 4
        else:
            raise _BrokenError(f"protobuf has no wire type {wire}")
        if position + length > len(view):
            raise _BrokenError(f"it ends {position + length - len(view)} bytes too early")
        yield tag >> 3, view[position : position + length]
        position += length


def _varint(view: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(view):
            raise _BrokenError("it ends within a number")
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise _BrokenError("a number has more than 64 bits")


def _message(value: int | memoryview | bytes) -> memoryview:
    if isinstance(value, int):
        raise _BrokenError("a number stands where a message belongs")
    return memoryview(value)


def _text(value: int | memoryview | bytes) -> str:
    return bytes(_message(value)).decode("utf-8", "replace")


def _value(view: memoryview) -> Value:
    """Read a ValueInfoProto: name, and type > tensor_type > (elem_type, shape > dim > dim_value)."""
    parts = dict(_fields(view))
    tensor = dict(_fields(_message(dict(_fields(_message(parts.get(2, b"")))).get(1, b""))))
    element = tensor.get(1, 0)
    dimensions = []
    for field, dimension in _fields(_message(tensor.get(2, b""))):
        if field == 1:
            size = dict(_fields(_message(dimension))).get(1)
            dimensions.append(size if isinstance(size, int) else None)
    return Value(_text(parts.get(1, b"")), element if isinstance(element, int) else 0, tuple(dimensions))
