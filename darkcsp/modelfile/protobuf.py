"""Protobuf's encoding, and the fields of onnx.proto that darkcsp reads and writes itself.

A message is its fields in a row, each a tag and a value (https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

LIMIT = 2**31 - 1
"""Protobuf readers take no more bytes than this."""


class ModelField(IntEnum):
    """Fields of ModelProto."""

    GRAPH = 7
    PROPERTY = 14


class GraphField(IntEnum):
    """Fields of GraphProto."""

    NODE = 1
    INITIALIZER = 5
    INPUT = 11
    OUTPUT = 12


class TensorField(IntEnum):
    """Fields of TensorProto."""

    NAME = 8
    RAW_DATA = 9


class EntryField(IntEnum):
    """Fields of StringStringEntryProto."""

    KEY = 1
    VALUE = 2


class ValueField(IntEnum):
    """Fields of ValueInfoProto, of the messages below it down to a dimension."""

    NAME = 1
    TYPE = 2
    TYPE_TENSOR = 1
    TENSOR_ELEMENT = 1
    TENSOR_SHAPE = 2
    SHAPE_DIMENSION = 1
    DIMENSION_VALUE = 1


_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5


class BrokenMessageError(ValueError):
    """The bytes are no protobuf message."""


def tag(field: int) -> bytes:
    """Return what stands in front of the length of a text, message or bytes."""
    return varint(field << 3 | _BYTES)


def varint(value: int) -> bytes:
    """Encode a number from 0 up."""
    return bytes(_sevens(value))


def _sevens(value: int) -> Iterator[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


def read_fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value): an int, or the bytes of a text, message or fixed number.

    Raises BrokenMessageError where the bytes are no message, or not all of it.
    """
    position = 0
    while position < len(view):
        key, position = _read_varint(view, position)
        wire = key & 7
        if wire == _VARINT:
            value, position = _read_varint(view, position)
            yield key >> 3, value
            continue
        if wire == _BYTES:
            length, position = _read_varint(view, position)
        elif wire in (_FIXED_64, _FIXED_32):
            length = 8 if wire == _FIXED_64 else 4
        else:
            raise BrokenMessageError(f"protobuf has no wire type {wire}")
        if position + length > len(view):
            raise BrokenMessageError(f"it ends {position + length - len(view)} bytes too early")
        yield key >> 3, view[position : position + length]
        position += length


def _read_varint(view: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(view):
            raise BrokenMessageError("it ends within a number")
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise BrokenMessageError("a number has more than 64 bits")


def as_message(value: int | memoryview | bytes) -> memoryview:
    """Return a field's bytes. Raises BrokenMessageError for a number."""
    if isinstance(value, int):
        raise BrokenMessageError("a number stands where a message belongs")
    return memoryview(value)


def as_text(value: int | memoryview | bytes) -> str:
    """Return a field's text. Raises BrokenMessageError for a number."""
    return bytes(as_message(value)).decode("utf-8", "replace")
