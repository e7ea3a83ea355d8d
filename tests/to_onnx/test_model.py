from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import darkcsp
from darkcsp.errors import ArgumentError, ModelError, WeightsError
from darkcsp.modelfile import ExportOptions
from darkcsp.modelfile.frame import SEAL
from darkcsp.modelfile.writing import write_model
from darkcsp.to_onnx import build_onnx, model_parts
from darkcsp.weightfile import Weights
from tests.modules import torch_heads, torch_layers
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of, write_files
from tests.running import run_model

TARGETS = ["portable", "opencv", "onnxruntime", "openvino"]


def parsed(text: str = DETECTOR) -> tuple[darkcsp.Graph, Weights]:
    graph = graph_of(text)
    return graph, weights_of(graph)


def picture(n: int = 1, size: int = 32) -> np.typing.NDArray[np.float32]:
    return np.random.default_rng(0).random((n, 3, size, size), np.float32)


@pytest.mark.parametrize("target", TARGETS)
def test_raw_heads_are_named_by_their_layer_and_equal_torch(target: str) -> None:
    graph, weights = parsed()
    model = build_onnx(graph, weights, head="raw", target=target)  # type: ignore[arg-type]
    onnx.checker.check_model(model, full_check=True)
    got = run_model(model, images=picture())
    assert {name: value.shape for name, value in got.items()} == {
        "L004_convolutional": (1, 14, 8, 8),
        "L009_convolutional": (1, 7, 16, 16),
    }
    for value, head in zip(got.values(), torch_heads(graph, weights, picture()), strict=True):
        np.testing.assert_allclose(value, head, atol=2e-6)


def test_decoded_rows_are_boxes_relative_to_the_input() -> None:
    graph, weights = parsed()
    model = build_onnx(graph, weights)
    onnx.checker.check_model(model, full_check=True)
    (rows,) = run_model(model, images=picture()).values()
    assert rows.shape == (1, 2 * 64 + 256, 5 + 2)
    raw = run_model(build_onnx(graph, weights, head="raw"), images=picture())["L004_convolutional"]
    # the second anchor of the cell in row 3, column 5 of the first head
    x, y, w, h, objectness, *classes = raw[0].reshape(2, 7, 8, 8)[1, :, 3, 5].astype(float)

    def sigmoid(value: float) -> float:
        return float(1 / (1 + np.exp(-value)))

    wanted = [(5 + sigmoid(x)) / 8, (3 + sigmoid(y)) / 8, np.exp(w) * 10 / 32, np.exp(h) * 12 / 32, sigmoid(objectness)]
    wanted += [sigmoid(objectness) * sigmoid(value) for value in classes]
    np.testing.assert_allclose(rows[0, (3 * 8 + 5) * 2 + 1], wanted, rtol=1e-5)


def test_a_dynamic_batch_takes_any_number() -> None:
    graph, weights = parsed()
    model = build_onnx(graph, weights, batch=None)
    onnx.checker.check_model(model, full_check=True)
    together = run_model(model, images=picture(3))["detections"]
    assert together.shape[0] == 3
    for index in range(3):
        alone = run_model(model, images=picture(3)[index : index + 1])["detections"][0]
        np.testing.assert_allclose(together[index], alone, atol=1e-6)


def test_taps_are_layers_as_darknet_leaves_them() -> None:
    graph, weights = parsed()
    got = run_model(build_onnx(graph, weights, taps=[1, 5]), images=picture())
    assert list(got) == ["detections", "layer_001", "layer_005"]
    wanted = torch_layers(graph, weights, picture())
    for index in (1, 5):
        np.testing.assert_allclose(got[f"layer_{index:03d}"], wanted[index], atol=2e-6)


def test_a_classifier_gives_a_vector() -> None:
    graph, weights = parsed(CLASSIFIER)
    got = run_model(build_onnx(graph, weights), images=picture(size=16))
    assert list(got) == ["probabilities"]
    assert got["probabilities"].shape == (1, 5)
    assert got["probabilities"].sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("name", "value"), [("size", (64, 64)), ("strict", True), ("semantics", "cpu")])
def test_what_matters_when_a_graph_is_built_comes_too_late(name: str, value: Any) -> None:
    graph = graph_of(DETECTOR)
    with pytest.raises(ArgumentError, match=f"{name}=.*: is an argument of darkcsp.build_graph"):
        build_onnx(graph, weights_of(graph), **{name: value})


def test_semantics_of_the_graph_may_be_named() -> None:
    graph = graph_of(DETECTOR, semantics="cpu")
    named, unnamed = build_onnx(graph, weights_of(graph), semantics="cpu"), build_onnx(graph, weights_of(graph))
    assert named == unnamed


def test_size_changes_the_input() -> None:
    graph = graph_of(DETECTOR, size=(64, 32))
    model = build_onnx(graph, weights_of(graph))
    dims = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    assert dims == [1, 3, 32, 64]


def test_metadata_tells_a_reader_of_the_file_alone() -> None:
    graph, weights = parsed()
    model = build_onnx(graph, weights, names=["cat", "dog"])
    metadata = {item.key: item.value for item in model.metadata_props}
    assert metadata["darkcsp.version"] == darkcsp.__version__
    assert metadata["darkcsp.cfg_sha256"] == graph.cfg.sha256
    assert json.loads(metadata["darkcsp.names"]) == ["cat", "dog"]
    assert json.loads(metadata["darkcsp.input"]) == {"channels": 3, "height": 32, "width": 32}
    heads = json.loads(metadata["darkcsp.heads"])
    assert [head["layer"] for head in heads] == [5, 10]
    assert heads[1]["anchors"] == [[20, 24]]
    assert all(node.name.startswith(("L0", "detections", "output/")) for node in model.graph.node)


@pytest.mark.parametrize("batch", [1, None])
def test_the_streamed_file_is_the_model(batch: int | None, tmp_path: Path) -> None:
    graph, weights = parsed()
    parts = model_parts(graph, weights, ExportOptions(batch=batch))
    with (tmp_path / "x.onnx").open("wb") as file:
        write_model(parts, file)
    written = onnx.load(tmp_path / "x.onnx")
    assert written.metadata_props.pop().key == SEAL
    assert written == build_onnx(graph, weights, batch=batch)


def test_convert_writes_identical_files_and_no_fragments(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    first = darkcsp.convert(cfg, weights)
    assert first == tmp_path / "x.onnx"
    second = darkcsp.convert(cfg, weights, tmp_path / "y.onnx")
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(ModelError, match="cannot be written"):
        darkcsp.convert(cfg, weights, tmp_path / "nowhere" / "x.onnx")
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(WeightsError):
        darkcsp.convert(cfg, weights, tmp_path / "z.onnx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.cfg", "x.onnx", "x.weights", "y.onnx"]


def test_a_partial_file_cannot_be_converted(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    covered = 20 + 4 * sum(blob.size for blob in graph_of(DETECTOR).layers[0].stored)
    weights.write_bytes(weights.read_bytes()[:covered])
    with pytest.raises(WeightsError, match=r"has no parameters for layer 2 .*covers 1 of 4 layers"):
        darkcsp.convert(cfg, weights, tmp_path / "x.onnx")
