"""Reads inputs, outputs and properties of an ONNX file, without its tensors and without the onnx package.

The file is mapped and tensors are stepped over, so the cost does not depend on its size.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.errors import ModelError
from darkcsp.modelfile.protobuf import (
    BrokenMessageError,
    EntryField,
    GraphField,
    ModelField,
    TensorField,
    ValueField,
    as_message,
    as_text,
    read_fields,
)

FLOAT, UINT8 = 1, 2
"""Element types."""


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
        path: what to call it in messages.
        inputs: what it takes, tensors with values left out.
        outputs: what it returns.
        properties: its metadata.
        file: the file that engines read, "" where there are only bytes in memory.
    """

    path: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    properties: Mapping[str, str]
    file: str = ""


def read_onnx_file(path: str | os.PathLike[str]) -> OnnxFile:
    """Read the frame of an ONNX file. Raises ModelError where it is missing, empty, cut off or something else."""
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise ModelError(name, "is empty, expected an ONNX model")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ModelError(name, f"cannot be read: {error.strerror}") from None
    return _parse(memoryview(mapped), name, name)  # unmapped when the last view of it is gone


def parse_onnx_file(data: bytes, name: str) -> OnnxFile:
    """Read the frame of a model in memory; `name` is used in messages."""
    return _parse(memoryview(data), name, "")


def _parse(view: memoryview, path: str, file: str) -> OnnxFile:
    properties: dict[str, str] = {}
    inputs: list[Value] = []
    outputs: list[Value] = []
    nodes = 0
    try:
        for field, value in read_fields(view):
            if field == ModelField.PROPERTY:
                entry = dict(read_fields(as_message(value)))
                properties[as_text(entry.get(EntryField.KEY, b""))] = as_text(entry.get(EntryField.VALUE, b""))
            elif field == ModelField.GRAPH:
                nodes = _parse_graph(as_message(value), inputs, outputs)
    except BrokenMessageError as error:
        raise ModelError(path, f"is not an ONNX model, or not all of it: {error}{_hint(path)}") from None
    if not nodes or not outputs:
        raise ModelError(path, f"is not an ONNX model: it has no nodes or no outputs{_hint(path)}")
    return OnnxFile(path, tuple(inputs), tuple(outputs), properties, file)


def _parse_graph(graph: memoryview, inputs: list[Value], outputs: list[Value]) -> int:
    """Collect inputs that have no values in the file, and outputs; return the number of nodes."""
    nodes = 0
    declared: list[Value] = []
    initialised: set[str] = set()
    for field, content in read_fields(graph):
        nodes += field == GraphField.NODE
        if field == GraphField.INPUT:
            declared.append(_value(as_message(content)))
        elif field == GraphField.OUTPUT:
            outputs.append(_value(as_message(content)))
        elif field == GraphField.INITIALIZER:
            found = read_fields(as_message(content))
            initialised.update(as_text(name) for number, name in found if number == TensorField.NAME)
    inputs += [item for item in declared if item.name not in initialised]
    return nodes


def _hint(path: str) -> str:
    if path.lower().endswith((".cfg", ".weights")):
        return "; Darknet's files are given as cfg and weights, not as model"
    return ""


def _value(view: memoryview) -> Value:
    """Read a ValueInfoProto: name, and type > tensor_type > (elem_type, shape > dim > dim_value)."""
    parts = dict(read_fields(view))
    kind = dict(read_fields(as_message(parts.get(ValueField.TYPE, b""))))
    tensor = dict(read_fields(as_message(kind.get(ValueField.TYPE_TENSOR, b""))))
    element = tensor.get(ValueField.TENSOR_ELEMENT, 0)
    dimensions = []
    for field, dimension in read_fields(as_message(tensor.get(ValueField.TENSOR_SHAPE, b""))):
        if field == ValueField.SHAPE_DIMENSION:
            size = dict(read_fields(as_message(dimension))).get(ValueField.DIMENSION_VALUE)
            dimensions.append(size if isinstance(size, int) else None)
    name = as_text(parts.get(ValueField.NAME, b""))
    return Value(name, element if isinstance(element, int) else 0, tuple(dimensions))
