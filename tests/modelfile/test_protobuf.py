"""The encoding, against Google's own."""

from __future__ import annotations

from enum import IntEnum

import onnx
import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from onnx import StringStringEntryProto, TensorProto

from darkcsp.modelfile import protobuf
from darkcsp.modelfile.protobuf import BrokenMessageError, read_fields, tag, varint


def test_field_numbers_are_those_of_onnx() -> None:
    pairs: dict[type[IntEnum], tuple[type[Message], dict[str, str]]] = {
        protobuf.ModelField: (onnx.ModelProto, {"GRAPH": "graph", "PROPERTY": "metadata_props"}),
        protobuf.GraphField: (onnx.GraphProto, {name: name.lower() for name in protobuf.GraphField.__members__}),
        protobuf.TensorField: (onnx.TensorProto, {"NAME": "name", "RAW_DATA": "raw_data"}),
        protobuf.EntryField: (onnx.StringStringEntryProto, {"KEY": "key", "VALUE": "value"}),
    }
    for fields, (message, names) in pairs.items():
        known = message.DESCRIPTOR.fields_by_name
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
    message = StringStringEntryProto(key=key, value=value).SerializeToString()
    found = dict(read_fields(memoryview(message)))
    assert protobuf.as_text(found.get(1, b"")) == key
    assert protobuf.as_text(found.get(2, b"")) == value


@given(st.integers(0, 2**63 - 1))
def test_numbers_are_written_as_they_are_read(number: int) -> None:
    encoded = TensorProto(dims=[number]).SerializeToString()
    assert encoded.endswith(varint(number))
    fields = dict(read_fields(memoryview(varint(9 << 3) + varint(number))))
    assert fields == {9: number}


@given(st.binary(max_size=300))
def test_bytes_are_framed(data: bytes) -> None:
    framed = tag(9) + varint(len(data)) + data
    assert framed == (TensorProto(raw_data=data).SerializeToString() if data else framed)
    assert [(field, bytes(value)) for field, value in read_fields(memoryview(framed))] == [(9, data)]


@given(st.binary(max_size=64))
def test_noise_is_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        list(read_fields(memoryview(data)))
    except BrokenMessageError as error:
        assert str(error)


@pytest.mark.parametrize("data", [b"\x0b", b"\x0a\x05abc", b"\x80", b"\xff" * 11])
def test_broken_messages_are_told(data: bytes) -> None:
    with pytest.raises(BrokenMessageError):
        list(read_fields(memoryview(data)))
