"""The encoding, against Google's own."""

from __future__ import annotations

import io
from enum import IntEnum

import onnx
import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from onnx import StringStringEntryProto, TensorProto

from darkcsp.modelfile import protobuf
from darkcsp.modelfile.bounds import MOST_FIELDS, MOST_FRAME
from darkcsp.modelfile.protobuf import BrokenMessageError, Reader, message, tag, varint


def reader_of(data: bytes) -> Reader:
    return Reader(io.BytesIO(data), len(data))


def read(data: bytes) -> list[tuple[int, int | bytes]]:
    """The fields of a message, and what is in each."""
    reader = reader_of(data)
    return [
        (number, reader.content(start, end) if value is None else value)
        for number, value, start, end in reader.fields(0, len(data))
    ]


def test_field_numbers_are_those_of_onnx() -> None:
    pairs: dict[type[IntEnum], tuple[type[Message], dict[str, str]]] = {
        protobuf.ModelField: (onnx.ModelProto, {"GRAPH": "graph", "PROPERTY": "metadata_props"}),
        protobuf.GraphField: (onnx.GraphProto, {name: name.lower() for name in protobuf.GraphField.__members__}),
        protobuf.TensorField: (onnx.TensorProto, {name: name.lower() for name in protobuf.TensorField.__members__}),
        protobuf.EntryField: (onnx.StringStringEntryProto, {"KEY": "key", "VALUE": "value"}),
    }
    for fields, (kind, names) in pairs.items():
        known = kind.DESCRIPTOR.fields_by_name
        assert {field.name: field.value for field in fields} == {name: known[own].number for name, own in names.items()}
    value = protobuf.ValueField
    tensor = onnx.TypeProto.DESCRIPTOR.nested_types_by_name["Tensor"].fields_by_name
    dimension = onnx.TensorShapeProto.DESCRIPTOR.nested_types_by_name["Dimension"].fields_by_name
    assert onnx.ValueInfoProto.DESCRIPTOR.fields_by_name["name"].number == value.NAME
    assert onnx.ValueInfoProto.DESCRIPTOR.fields_by_name["type"].number == value.TYPE
    assert onnx.TypeProto.DESCRIPTOR.fields_by_name["tensor_type"].number == value.TYPE_TENSOR
    assert (tensor["elem_type"].number, tensor["shape"].number) == (value.TENSOR_ELEMENT, value.TENSOR_SHAPE)
    assert onnx.TensorShapeProto.DESCRIPTOR.fields_by_name["dim"].number == value.SHAPE_DIMENSION
    assert dimension["dim_value"].number == value.DIMENSION_VALUE


@given(st.text(), st.text())
def test_text_is_read_as_it_was_written(key: str, value: str) -> None:
    data = StringStringEntryProto(key=key, value=value).SerializeToString()
    reader = reader_of(data)
    found = reader.known(0, len(data), (1, 2))
    assert reader.text(found.get(1)) == key
    assert reader.text(found.get(2)) == value


@given(st.integers(0, 2**63 - 1))
def test_numbers_are_written_as_they_are_read(number: int) -> None:
    encoded = TensorProto(dims=[number]).SerializeToString()
    assert encoded.endswith(varint(number))
    assert read(varint(9 << 3) + varint(number)) == [(9, number)]


@given(st.binary(max_size=300))
def test_bytes_are_framed(data: bytes) -> None:
    framed = message(9, data)
    assert framed == tag(9) + varint(len(data)) + data
    assert framed == (TensorProto(raw_data=data).SerializeToString() if data else framed)
    assert read(framed) == [(9, data)]


@given(st.binary(max_size=64))
def test_noise_is_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        read(data)
    except BrokenMessageError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x0b", "3 is not a protobuf wire type"),
        (b"\x00\x00", "0 is not a protobuf field number"),
        (b"\x0a\x05abc", "it ends 2 bytes too early"),
        (b"\x80", "it ends in the middle of a number"),
        (b"\xff" * 11, "a number has more than 64 bits"),
        (b"\x08" + b"\xff" * 9 + b"\x7f", "a number has more than 64 bits"),
        (b"\x0a" + b"\xff" * 9 + b"\x01", "it ends .* bytes too early"),
        (b"\x08\x01" * (MOST_FIELDS + 1), f"it has more than {MOST_FIELDS} fields"),
    ],
)
def test_broken_messages_are_told(data: bytes, why: str) -> None:
    with pytest.raises(BrokenMessageError, match=f"^{why}$"):
        for _ in reader_of(data).fields(0, len(data)):
            pass


def test_what_is_asked_for_is_bounded_and_there() -> None:
    reader = Reader(io.BytesIO(b"ab"), 2 * MOST_FRAME)
    with pytest.raises(BrokenMessageError, match=f"it has more than {MOST_FRAME >> 20} MiB besides its tensor data"):
        reader.content(0, MOST_FRAME + 1)
    with pytest.raises(BrokenMessageError, match="it ends 2 bytes too early"):
        Reader(io.BytesIO(b"ab"), 4).content(0, 4)  # cut off since its size was asked for


def test_what_is_said_twice_is_refused() -> None:
    data = message(1, b"a") + message(1, b"b")
    with pytest.raises(BrokenMessageError, match="a field is given twice"):
        reader_of(data).known(0, len(data), (1,))
    assert reader_of(data).known(0, len(data), (2,)) == {}


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_numbers_are_read_packed_or_one_by_one(numbers: list[int]) -> None:
    packed = message(1, b"".join(map(varint, numbers)))
    single = b"".join(varint(1 << 3) + varint(number) for number in numbers)
    for data in (packed, single):
        reader = reader_of(data)
        found = [number for field in reader.fields(0, len(data)) for number in reader.numbers(field)]
        assert found == numbers


@given(st.integers(0, 40_000), st.integers(0, 40_000))
def test_windows_move_with_what_is_read(first: int, second: int) -> None:
    data = message(1, bytes(first)) + message(2, b"x" * second) + message(3, b"end")
    assert read(data) == [(1, bytes(first)), (2, b"x" * second), (3, b"end")]
