"""The protobuf encoding, and the fields of onnx.proto that darkcsp reads and writes itself.

A message is a sequence of fields, each a tag and a value (https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from enum import IntEnum
from typing import BinaryIO

from darkcsp.modelfile.bounds import MOST_FIELDS, MOST_FRAME, MOST_LABEL


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

    DIMS = 1
    DATA_TYPE = 2
    FLOAT_DATA = 4
    INT32_DATA = 5
    STRING_DATA = 6
    INT64_DATA = 7
    NAME = 8
    RAW_DATA = 9
    DOUBLE_DATA = 10
    UINT64_DATA = 11
    EXTERNAL_DATA = 13
    DATA_LOCATION = 14


class EntryField(IntEnum):
    """Fields of StringStringEntryProto."""

    KEY = 1
    VALUE = 2


class ValueField(IntEnum):
    """Fields of ValueInfoProto, and of its nested messages down to a dimension."""

    NAME = 1
    TYPE = 2
    TYPE_TENSOR = 1
    TENSOR_ELEMENT = 1
    TENSOR_SHAPE = 2
    SHAPE_DIMENSION = 1
    DIMENSION_VALUE = 1


_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5

_WINDOW = 1 << 14
"""Bytes that are read at once."""

_HEADER = 20
"""Bytes of a tag and a length, at most."""

_MANY = f"it has more than {MOST_FIELDS} fields"

Field = tuple[int, int | None, int, int]
"""Field number, value (None unless it is a number), and the positions where the value begins and ends."""


class BrokenMessageError(ValueError):
    """The bytes are not a protobuf message."""


def tag(field: int) -> bytes:
    """Return the tag that precedes the length of a string, message or bytes."""
    return varint(field << 3 | _BYTES)


def varint(value: int) -> bytes:
    """Encode a number, 0 or more."""
    return bytes(_sevens(value))


def _sevens(value: int) -> Iterator[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


def message(field: int, content: bytes) -> bytes:
    """Encode a field that is a string, message or bytes."""
    return tag(field) + varint(len(content)) + content


class Reader:
    """Reads the messages of a file, a window at a time; skipped parts cost nothing.

    The file is read, not mapped, so that truncation by another program during the read gives an error and not a signal.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Read from a seekable file of `size` bytes."""
        self.size = size
        self._file = file
        self._window, self._start = b"", 0
        self._fields, self._bytes = MOST_FIELDS, MOST_FRAME  # that may still be read

    def fields(self, start: int, end: int) -> Iterator[Field]:
        """Yield the fields of the message between two positions.

        Raises BrokenMessageError if the bytes are not a message or are truncated, or if the file has too many fields.
        """
        position = start
        while position < end:
            self._fields -= 1
            if self._fields < 0:
                raise BrokenMessageError(_MANY)
            if not 0 <= position - self._start <= len(self._window) - _HEADER:
                self._window, self._start = self._read(position, _WINDOW), position
            window, base = self._window, self._start
            key, after = _read_varint(window, position - base)
            number, wire = key >> 3, key & 7
            if number == 0:
                raise BrokenMessageError("0 is not a protobuf field number")
            value = None
            if wire == _VARINT:
                value, after = _read_varint(window, after)
                begin = position = base + after
            elif wire == _BYTES:
                length, after = _read_varint(window, after)
                begin = base + after
                position = begin + length
            elif wire in (_FIXED_64, _FIXED_32):
                begin = base + after
                position = begin + (8 if wire == _FIXED_64 else 4)
            else:
                raise BrokenMessageError(f"{wire} is not a protobuf wire type")
            if position > end:
                raise BrokenMessageError(f"it ends {position - end} bytes too early")
            yield number, value, begin, position

    def known(self, start: int, end: int, numbers: Container[int]) -> dict[int, Field]:
        """Return the fields of a message with the given numbers. Raises BrokenMessageError if one is repeated."""
        found: dict[int, Field] = {}
        for field in self.fields(start, end):
            if field[0] in numbers:
                if field[0] in found:
                    raise BrokenMessageError("a field is given twice")
                found[field[0]] = field
        return found

    def numbers(self, field: Field) -> Iterator[int]:
        """Yield the integers of a repeated field: one, or several that are packed."""
        _, value, position, end = field
        if value is not None:
            yield value
            return
        packed, offset = self.content(position, end), 0
        while offset < len(packed):
            self._fields -= 1
            if self._fields < 0:
                raise BrokenMessageError(_MANY)
            value, offset = _read_varint(packed, offset)
            yield value

    def content(self, start: int, end: int) -> bytes:
        """Return the bytes between two positions.

        Raises BrokenMessageError if the file ends earlier, or if too many bytes have been read in total.
        """
        self._bytes -= end - start
        if self._bytes < 0:
            raise BrokenMessageError(f"it has more than {MOST_FRAME >> 20} MiB besides its tensor data")
        offset = start - self._start
        if offset >= 0 and end - self._start <= len(self._window):
            return self._window[offset : end - self._start]
        found = self._read(start, end - start)
        if len(found) < end - start:
            raise BrokenMessageError(f"it ends {end - start - len(found)} bytes too early")
        return found

    def text(self, field: Field | None, most: int = MOST_LABEL) -> str:
        """Return a field's text, "" if it is missing.

        Raises BrokenMessageError for a number, and for more than `most` bytes.
        """
        start, end = self.message(field)
        if end - start > most:
            raise BrokenMessageError(f"a string has {end - start} bytes; at most {most} are allowed")
        return self.content(start, end).decode("utf-8", "replace")

    @staticmethod
    def message(field: Field | None) -> tuple[int, int]:
        """Return the position of a field's message; an empty one if it is missing.

        Raises BrokenMessageError for a number.
        """
        if field is None:
            return 0, 0
        if field[1] is not None:
            raise BrokenMessageError("expected a message, found a number")
        return field[2:]

    def _read(self, start: int, count: int) -> bytes:
        self._file.seek(start)
        return self._file.read(count)


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Return a number and the position after it."""
    try:
        value = data[position]
        if value < 0x80:
            return value, position + 1
        value &= 0x7F
        for shift in range(7, 70, 7):
            position += 1
            byte = data[position]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        else:
            raise BrokenMessageError("a number has more than 64 bits")
    except IndexError:
        raise BrokenMessageError("it ends in the middle of a number") from None
    if value >> 64:
        raise BrokenMessageError("a number has more than 64 bits")
    return value, position + 1
