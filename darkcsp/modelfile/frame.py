"""Reads an ONNX file's frame (all but the values of its large tensors), and checks that it is as darkcsp wrote it.

darkcsp ends each file with a property that holds the SHA-256 of all other bytes except those values: the seal. It shows
whether a file was damaged or changed by another program after it was written. It is not a signature, as anybody can
calculate it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import BinaryIO, NamedTuple

from darkcsp.modelfile.bounds import LARGE, MOST_DIMENSIONS, MOST_TEXT, MOST_VALUES
from darkcsp.modelfile.external import external_tensor
from darkcsp.modelfile.protobuf import (
    BrokenMessageError,
    EntryField,
    Field,
    GraphField,
    ModelField,
    Reader,
    TensorField,
    ValueField,
    message,
)

SEAL = "darkcsp.frame_sha256"
"""The seal's name among a file's properties."""

FLOAT, UINT8 = 1, 2
"""Element types of inputs and outputs."""

_FLOATS, _INTS, _LONGS = TensorField.FLOAT_DATA, TensorField.INT32_DATA, TensorField.INT64_DATA
_DOUBLES, _UNSIGNED = TensorField.DOUBLE_DATA, TensorField.UINT64_DATA

_ELEMENTS: Mapping[int, tuple[int, TensorField]] = {
    FLOAT: (4, _FLOATS),
    UINT8: (1, _INTS),
    3: (1, _INTS),  # int8
    4: (2, _INTS),  # uint16
    5: (2, _INTS),  # int16
    6: (4, _INTS),
    7: (8, _LONGS),
    9: (1, _INTS),  # bool
    10: (2, _INTS),  # float16
    11: (8, _DOUBLES),
    12: (4, _UNSIGNED),  # uint32
    13: (8, _UNSIGNED),
    16: (2, _INTS),  # bfloat16
}
"""Element type -> bytes of an element, and the field that holds the values if they are not raw."""

_VALUES = frozenset({TensorField.RAW_DATA, TensorField.STRING_DATA, *(field for _, field in _ELEMENTS.values())})
"""Fields that may hold the values of a tensor."""


class ImpossibleModelError(ValueError):
    """The bytes are a message, but of an impossible model, or one that darkcsp does not accept."""


class Value(NamedTuple):
    """An input or output: name, element type (FLOAT, UINT8 or another), dimensions (None if open)."""

    name: str
    element: int
    shape: tuple[int | None, ...]


@dataclass
class Frame:
    """The frame of a file.

    Attributes:
        inputs: the model's inputs, without initializers.
        outputs: its outputs.
        nodes: the number of its nodes.
        properties: its metadata, without the seal.
        sha256: hash of the frame.
        is_sealed: whether the file's seal has the same hash.
    """

    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    nodes: int = 0
    properties: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    is_sealed: bool = False


def read_frame(file: BinaryIO, size: int) -> Frame:
    """Read a file's frame.

    Raises:
        BrokenMessageError: the bytes are not a message, are truncated, or are too many.
        ImpossibleModelError: a tensor has an impossible size, or its values in another file.
    """
    walk = _Walk(Reader(file, size))
    walk.model()
    frame = walk.frame
    digest, may_be_external = hashlib.sha256(), False
    for piece in pieces(Reader(file, size), [*walk.values, *walk.seals]):
        digest.update(piece)
        may_be_external |= b"location" in piece
    if may_be_external:
        name = external_tensor(Reader(file, size))
        if name is not None:
            raise ImpossibleModelError(_EXTERNAL.format(name))
    frame.sha256 = digest.hexdigest()
    frame.is_sealed = list(walk.seals.values()) == [frame.sha256]
    return frame


def seal(sha256: str) -> bytes:
    """Return the bytes that seal a model when they are appended to it, given the SHA-256 of its frame."""
    entry = message(EntryField.KEY, SEAL.encode()) + message(EntryField.VALUE, sha256.encode())
    return message(ModelField.PROPERTY, entry)


def large_values(graph: BinaryIO, size: int) -> list[tuple[int, int]]:
    """Return the positions of the values of large tensors in a graph."""
    walk = _Walk(Reader(graph, size))
    walk.graph(0, size)
    return walk.values


def pieces(reader: Reader, without: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the bytes of a file, without some ranges."""
    position = 0
    for start, end in sorted(without):
        yield reader.content(position, start)
        position = end
    yield reader.content(position, reader.size)


_EXTERNAL = "keeps the values of {!r:.100} in another file; darkcsp neither writes nor reads external data"


class _Walk:
    """One pass over a file, and its findings."""

    def __init__(self, reader: Reader) -> None:
        self.frame = Frame()
        self.values: list[tuple[int, int]] = []  # positions of those of large tensors
        self.seals: dict[tuple[int, int], str] = {}  # position -> content
        self._reader = reader

    def model(self) -> None:
        """Walk through a ModelProto."""
        graph, before = None, 0
        for found in self._reader.fields(0, self._reader.size):
            if found[0] == ModelField.PROPERTY:
                self._property(found, before)
            elif found[0] == ModelField.GRAPH:
                if graph is not None:
                    raise BrokenMessageError("it has two graphs")
                graph = self._reader.message(found)
                self.graph(*graph)
            before = found[3]

    def graph(self, start: int, end: int) -> None:
        """Walk through a GraphProto."""
        declared: list[Value] = []
        initialised: set[str] = set()
        for found in self._reader.fields(start, end):
            number = found[0]
            if number == GraphField.NODE:
                self.frame.nodes += 1
            elif number == GraphField.INITIALIZER:
                initialised.add(self._initializer(*self._reader.message(found)))
            elif number == GraphField.INPUT:
                declared.append(self._value(found))
            elif number == GraphField.OUTPUT:
                self.frame.outputs.append(self._value(found))
        self.frame.inputs += [item for item in declared if item.name not in initialised]

    def _property(self, found: Field, before: int) -> None:
        entry = self._reader.known(*self._reader.message(found), (EntryField.KEY, EntryField.VALUE))
        key = self._reader.text(entry.get(EntryField.KEY))
        value = self._reader.text(entry.get(EntryField.VALUE), MOST_TEXT)
        if key == SEAL:
            self.seals[before, found[3]] = value
        else:
            self.frame.properties[key] = value

    def _initializer(self, start: int, end: int) -> str:
        """Check a tensor's size; return its name."""
        reader, name, element, external = self._reader, "", 0, False
        shape: list[int] = []
        sizes: dict[int, int] = {}  # bytes of values, by field
        for found in reader.fields(start, end):
            number, value, begin, finish = found
            if number == TensorField.DIMS:
                shape += reader.numbers(found)
            elif number == TensorField.NAME:
                name = reader.text(found)
            elif number == TensorField.DATA_TYPE:
                element = value or 0
            elif number in _VALUES:
                length = max(finish - begin, 1)
                if length > LARGE:
                    self.values.append((begin, finish))
                sizes[number] = sizes.get(number, 0) + (finish - begin if number == TensorField.RAW_DATA else length)
            elif number in (TensorField.EXTERNAL_DATA, TensorField.DATA_LOCATION) and value != 0:
                external = True
        if external:
            raise ImpossibleModelError(_EXTERNAL.format(name))
        _check_tensor(name, element, shape, sizes)
        return name

    def _value(self, found: Field) -> Value:
        """Read a ValueInfoProto: name, and type > tensor_type > (elem_type, shape > dim > dim_value)."""
        reader = self._reader
        parts = reader.known(*reader.message(found), (ValueField.NAME, ValueField.TYPE))
        kind = reader.known(*reader.message(parts.get(ValueField.TYPE)), (ValueField.TYPE_TENSOR,))
        tensor = reader.known(
            *reader.message(kind.get(ValueField.TYPE_TENSOR)), (ValueField.TENSOR_ELEMENT, ValueField.TENSOR_SHAPE)
        )
        shape: list[int | None] = []
        for side in reader.fields(*reader.message(tensor.get(ValueField.TENSOR_SHAPE))):
            if side[0] == ValueField.SHAPE_DIMENSION:
                known = reader.known(*reader.message(side), (ValueField.DIMENSION_VALUE,))
                shape.append(known[ValueField.DIMENSION_VALUE][1] if known else None)
        name = reader.text(parts.get(ValueField.NAME))
        element = tensor[ValueField.TENSOR_ELEMENT][1] if ValueField.TENSOR_ELEMENT in tensor else None
        sides = [1 if side is None else side for side in shape]
        if len(shape) > MOST_DIMENSIONS or 0 in shape or prod(sides) > MOST_VALUES:
            raise ImpossibleModelError(f"{name!r:.100} has {_size(sides)}; at most {MOST_VALUES} values are allowed")
        return Value(name, element or 0, tuple(shape))


def _check_tensor(name: str, element: int, shape: Sequence[int], sizes: Mapping[int, int]) -> None:
    """Raise ImpossibleModelError unless a tensor's shape and type match the bytes of its values."""
    if element not in _ELEMENTS:
        raise ImpossibleModelError(f"tensor {name!r:.100} has element type {element}, which darkcsp does not write")
    if len(shape) > MOST_DIMENSIONS:
        raise ImpossibleModelError(f"tensor {name!r:.100} has {_size(shape)}; at most {MOST_DIMENSIONS} are allowed")
    size, typed = _ELEMENTS[element]
    count = prod(shape)
    if TensorField.RAW_DATA in sizes:
        found = sizes[TensorField.RAW_DATA]
        fits = count * size == found
    else:
        found = sizes.get(typed, 0)
        fits = count <= found  # a number takes a byte at least
    if not fits:
        raise ImpossibleModelError(f"tensor {name!r:.100} has {_size(shape)}, but {found} bytes of values")


def _size(shape: Sequence[int]) -> str:
    if len(shape) > MOST_DIMENSIONS:
        return f"{len(shape)} dimensions"
    sides = (side - 2**64 if side >> 63 else side for side in shape)
    return f"shape ({', '.join(map(str, sides))})"
