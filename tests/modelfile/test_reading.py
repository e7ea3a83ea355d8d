"""Frames of ONNX files, read without the onnx package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from darkcsp.errors import ModelError
from darkcsp.modelfile.frame import SEAL
from darkcsp.modelfile.reading import FLOAT, Value, parse_onnx_file, read_onnx_file
from darkcsp.to_onnx import convert
from tests.networks import DETECTOR, write_files


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cfg, weights = write_files(tmp_path_factory.mktemp("model"), DETECTOR)
    return convert(cfg, weights, names=["käse", "brot"])


def test_the_frame_is_what_the_onnx_package_reads(model: Path) -> None:
    found, want = read_onnx_file(model), onnx.load(model)
    assert [item.name for item in found.inputs] == [item.name for item in want.graph.input]
    assert [item.name for item in found.outputs] == [item.name for item in want.graph.output]
    assert {**found.properties, SEAL: found.frame_sha256} == {item.key: item.value for item in want.metadata_props}
    assert found.inputs == (Value("images", FLOAT, (1, 3, 32, 32)),)


def test_open_dimensions_are_none_and_initialised_inputs_are_left_out() -> None:
    image = helper.make_tensor_value_info("x", TensorProto.UINT8, ["n", 3, None, 4])
    weight = helper.make_tensor_value_info("w", TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [])
    node = helper.make_node("Add", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [image, weight], [out], [helper.make_tensor("w", FLOAT, [1], [1.0])])
    frame = parse_onnx_file(helper.make_model(graph).SerializeToString(), "x.onnx")
    assert frame.inputs == (Value("x", TensorProto.UINT8, (None, 3, None, 4)),)
    assert frame.outputs == (Value("y", FLOAT, ()),)


def test_every_cut_is_noticed(model: Path) -> None:
    data = model.read_bytes()
    whole = parse_onnx_file(data, "x.onnx")
    cuts = [*range(1, 200), *range(200, len(data), 97), len(data) - 1]
    for cut in cuts:
        try:
            frame = parse_onnx_file(data[:cut], "x.onnx")
        except ModelError as error:
            assert str(error).startswith("x.onnx: is not an ONNX model")
        else:  # only properties can be missing without a trace
            assert (frame.inputs, frame.outputs) == (whole.inputs, whole.outputs)


def test_noise_is_an_error_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    for length in range(1, 300):
        with pytest.raises(ModelError, match=r"x\.onnx: is not an ONNX model"):
            parse_onnx_file(rng.bytes(length), "x.onnx")


def test_messages_for_files_that_are_something_else(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read: No such file"):
        read_onnx_file(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="cannot be read: Is a directory"):
        read_onnx_file(tmp_path)
    empty = tmp_path / "empty.onnx"
    empty.touch()
    with pytest.raises(ModelError, match="is empty, expected an ONNX model"):
        read_onnx_file(empty)
    for path in write_files(tmp_path, DETECTOR):
        with pytest.raises(ModelError, match="pass Darknet files as cfg and weights, not as the model"):
            read_onnx_file(path)
