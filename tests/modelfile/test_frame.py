"""Seals, sizes that cannot be, values in other files, and files that are made to hurt."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, StringStringEntryProto, TensorProto, helper, numpy_helper

from darkcsp.errors import ModelError
from darkcsp.modelfile.bounds import LARGE, MOST_FIELDS
from darkcsp.modelfile.frame import FLOAT, SEAL, seal
from darkcsp.modelfile.protobuf import GraphField, ModelField, message
from darkcsp.modelfile.reading import OnnxFile, parse_onnx_file, read_onnx_file
from darkcsp.modelfile.writing import write_model
from darkcsp.to_onnx import convert, model_parts
from tests.networks import DETECTOR, graph_of, weights_of, write_files

Change = Callable[[ModelProto], object]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(*write_files(tmp_path_factory.mktemp("model"), DETECTOR), names=["käse", "location"])


def small(*initializers: TensorProto, **attributes: Any) -> ModelProto:
    """A model of one node."""
    image = helper.make_tensor_value_info("x", FLOAT, [1, 2])
    out = helper.make_tensor_value_info("y", FLOAT, [1, 2])
    node = helper.make_node("Identity", ["x"], ["y"], **attributes)
    return helper.make_model(helper.make_graph([node], "g", [image], [out], list(initializers)))


def read(model: ModelProto) -> OnnxFile:
    return parse_onnx_file(model.SerializeToString(), "x.onnx")


def test_what_is_written_is_sealed_and_else_as_before(model: Path) -> None:
    found = read_onnx_file(model)
    assert found.is_sealed and SEAL not in found.properties
    data, end = model.read_bytes(), seal(found.frame_sha256)
    assert data.endswith(end)
    bare = parse_onnx_file(data.removesuffix(end), "x.onnx")
    assert (bare.frame_sha256, bare.is_sealed) == (found.frame_sha256, False)
    plain = onnx.load_from_string(data.removesuffix(end))
    assert [item.key for item in plain.metadata_props if item.key == SEAL] == []


@pytest.mark.parametrize("text", [DETECTOR, DETECTOR.replace("filters=8", "filters=64")])
def test_large_tensors_and_small_ones_are_sealed_as_they_are_read(text: str) -> None:
    graph = graph_of(text)
    from darkcsp.modelfile import ExportOptions

    parts, file = model_parts(graph, weights_of(graph), ExportOptions(head="nms", input="uint8")), io.BytesIO()
    assert {tensor.shape for tensor in parts.tensors if 4 * np.prod(tensor.shape) <= LARGE}
    write_model(parts, file)
    assert parse_onnx_file(file.getvalue(), "x.onnx").is_sealed


def _last_name(model: ModelProto) -> None:
    model.graph.node[-1].name += "x"


def _small_value(model: ModelProto) -> None:
    tensor = min(model.graph.initializer, key=lambda item: len(item.raw_data) or 2**31)
    tensor.raw_data = bytes(len(tensor.raw_data))


def _property(model: ModelProto) -> None:
    model.metadata_props[0].value += "x"


def _second_seal(model: ModelProto) -> None:
    model.metadata_props.append(StringStringEntryProto(key=SEAL, value="0" * 64))


def _no_seal(model: ModelProto) -> None:
    model.metadata_props.pop()


@pytest.mark.parametrize("change", [_last_name, _small_value, _property, _second_seal, _no_seal])
def test_what_another_program_changed_is_not_sealed(change: Change, model: Path) -> None:
    proto = onnx.load(model)
    change(proto)
    assert not read(proto).is_sealed


def _external(tensor: TensorProto) -> TensorProto:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.append(StringStringEntryProto(key="location", value="/etc/passwd"))
    return tensor


def _weights(name: str = "w") -> TensorProto:
    return numpy_helper.from_array(np.zeros((2, 3), np.float32), name)


def _in_a_graph(tensor: TensorProto, depth: int) -> dict[str, Any]:
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    for _ in range(depth):
        node = helper.make_node("If", ["c"], ["c"], then_branch=helper.make_graph([node], "g", [], []))
    return {"body": helper.make_graph([node], "g", [], [])}


@pytest.mark.parametrize(
    "model",
    [
        small(_external(_weights())),
        small(value=_external(_weights())),
        small(values=[_weights("v"), _external(_weights())]),
        small(**_in_a_graph(_external(_weights()), 3)),
    ],
    ids=["initializer", "attribute", "attributes", "graph"],
)
def test_values_in_other_files_are_refused(model: ModelProto) -> None:
    with pytest.raises(ModelError, match=r"^x\.onnx: keeps the values of 'w' in another file; darkcsp neither"):
        read(model)


def test_graphs_within_graphs_come_to_an_end() -> None:
    read(small(**_in_a_graph(_weights("location"), 3)))
    with pytest.raises(ModelError, match="its messages are nested more than 64 levels deep"):
        read(small(**_in_a_graph(_weights("location"), 30)))


def _tensor(**fields: Any) -> TensorProto:
    given: dict[str, Any] = {"name": "w", "data_type": FLOAT, "dims": [2, 3], "raw_data": bytes(24)}
    return TensorProto(**{**given, **fields})


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (_tensor(dims=[2, 4]), r"tensor 'w' has shape (2, 4), but 24 bytes of values"),
        (_tensor(dims=[-2, -3]), r"tensor 'w' has shape (-2, -3), but 24 bytes of values"),
        (_tensor(dims=[2**62, 4, 6]), r"tensor 'w' has shape (4611686018427387904, 4, 6), but 24 bytes"),
        (_tensor(dims=[1] * 17), r"tensor 'w' has 17 dimensions"),
        (_tensor(data_type=99), r"tensor 'w' has element type 99, which darkcsp does not write"),
        (_tensor(data_type=TensorProto.STRING), r"tensor 'w' has element type 8"),
        (_tensor(raw_data=b""), r"tensor 'w' has shape (2, 3), but 0 bytes of values"),
        (TensorProto(name="w", data_type=7, dims=[9], int64_data=[1, 2]), r"tensor 'w' has shape (9), but 2 b"),
        (
            TensorProto(name="w", data_type=7, dims=[2**40]),
            r"tensor 'w' has shape (1099511627776), but 0",
        ),
    ],
)
def test_tensors_of_sizes_that_cannot_be(tensor: TensorProto, why: str) -> None:
    with pytest.raises(ModelError) as caught:
        read(small(tensor))
    assert str(caught.value).startswith(f"x.onnx: {why}")


@pytest.mark.parametrize(
    "tensor",
    [
        _tensor(),
        _tensor(dims=[], raw_data=bytes(4)),
        _tensor(dims=[0], raw_data=b""),
        _tensor(data_type=TensorProto.FLOAT16, raw_data=bytes(12)),
        helper.make_tensor("w", FLOAT, [2000], [0.5] * 2000),
        helper.make_tensor("w", TensorProto.INT32, [2], [-1, 5]),
        helper.make_tensor("w", TensorProto.INT8, [2], [-1, 5]),
    ],
)
def test_tensors_of_every_kind_that_is_written(tensor: TensorProto) -> None:
    assert read(small(tensor)).inputs[0].shape == (1, 2)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ([1, -3], "'x' has shape (1, -3); at most"),
        ([0, 3], "'x' has shape (0, 3); at most"),
        ([65536, 65536], "'x' has shape (65536, 65536); at most 268435456 values are allowed"),
        ([1] * 17, "'x' has 17 dimensions; at most"),
    ],
)
def test_inputs_of_sizes_that_cannot_be(shape: list[int], why: str) -> None:
    model = small()
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", FLOAT, shape))
    with pytest.raises(ModelError) as caught:
        read(model)
    assert str(caught.value).startswith(f"x.onnx: {why}")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (message(7, message(1, b"")) * 2, "it has two graphs"),
        (message(7, message(1, b"") * (MOST_FIELDS + 1)), f"it has more than {MOST_FIELDS} fields"),
        (message(7, message(11, message(1, b"a") * 2)), "a field is given twice"),
        (message(7, message(11, message(1, bytes(5000)))), "a string has 5000 bytes; at most 1000 are allowed"),
        (message(14, message(1, b"k") + message(2, bytes(5 << 20))), "a string has 5242880 bytes"),
        (
            message(14, message(1, b"k") + message(2, bytes(4 << 20))) * 17,
            "it has more than 64 MiB besides its tensor data",
        ),
        (message(7, message(1, bytes(65 << 20))), "it has more than 64 MiB besides its tensor data"),
        (message(7, message(5, message(1, bytes(10 << 20)))), f"it has more than {MOST_FIELDS} fields"),
        (bytes(1000), "0 is not a protobuf field number"),
        (b"\x3a" * 10_000, "early"),
    ],
    ids=range(10),
)
def test_files_that_are_made_to_take_time_or_memory(data: bytes, why: str) -> None:
    start = time.process_time()
    with pytest.raises(ModelError, match=f"is not an ONNX model, or is truncated: .*{why}") as caught:
        parse_onnx_file(data, "x.onnx")
    assert time.process_time() - start < 2
    assert len(str(caught.value)) < 300


def test_numbers_of_the_frame_are_those_that_are_bounded() -> None:
    assert (GraphField.NODE, GraphField.INITIALIZER, GraphField.INPUT) == (1, 5, 11)
    assert (ModelField.GRAPH, ModelField.PROPERTY) == (7, 14)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    sparse, pipe = tmp_path / "sparse.onnx", tmp_path / "pipe.onnx"
    with sparse.open("wb") as file:
        file.truncate(100 << 30)
    with pytest.raises(ModelError, match=r"has 107374182400 bytes; ONNX files hold at most 2147483647$"):
        read_onnx_file(sparse)
    with sparse.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ModelError, match="0 is not a protobuf field number"):
        read_onnx_file(sparse)
    with pytest.raises(ModelError, match="cannot be read: embedded null"):
        read_onnx_file("a\0b.onnx")
    with pytest.raises(ModelError, match="cannot be read: File name too long"):
        read_onnx_file("a" * 5000)
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        with pytest.raises(ModelError, match=r"pipe\.onnx: is not a regular file, expected an ONNX model"):
            read_onnx_file(pipe)
        with pytest.raises(ModelError, match=r"/dev/zero: is not a regular file, expected an ONNX model"):
            read_onnx_file("/dev/zero")


def test_a_file_that_is_cut_off_while_it_is_read_is_an_error(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = os.fstat

    def longer(descriptor: int) -> os.stat_result:
        found = list(size(descriptor))
        found[6] += 100_000
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", longer)
    with pytest.raises(ModelError, match="is not an ONNX model, or is truncated: it ends"):
        read_onnx_file(model)
