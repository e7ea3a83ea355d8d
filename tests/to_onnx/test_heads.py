"""Heads in converted models: what a layer leaves, detections, metadata, and OpenCV as a runtime."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from darkcsp.decode import decode
from darkcsp.errors import UnsupportedLayerError
from darkcsp.graph import build_graph
from darkcsp.to_onnx import build_onnx
from tests.heads import HEADS, head_cfg, write_head_cfg
from tests.modules import torch_layers
from tests.networks import graph_of, weights_of
from tests.running import run_model


@pytest.mark.parametrize("kind", HEADS)
def test_layers_agree_with_torch(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    weights = weights_of(graph)
    model = build_onnx(graph, weights, taps="all", batch=None)
    onnx.checker.check_model(model, full_check=True)
    pictures = np.random.default_rng(0).random((2, *graph.input), np.float32)
    got = run_model(model, images=pictures)["layer_001"]
    np.testing.assert_allclose(got, torch_layers(graph, weights, pictures)[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", HEADS)
def test_opencv_decodes(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    model = build_onnx(graph, weights_of(graph), taps=[0], target="opencv")
    network = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
    network.setInput(np.random.default_rng(0).random((1, *graph.input), np.float32), "images")
    detections, raw = network.forward(["detections", "layer_000"])
    (head,) = graph.heads
    np.testing.assert_allclose(np.reshape(detections, (1, head.boxes, -1)), decode(graph, [raw]), rtol=1e-4, atol=1e-5)


def test_metadata_says_how_to_decode() -> None:
    graph = graph_of(head_cfg("gaussian_left_top"))
    model = build_onnx(graph, weights_of(graph), head="raw")
    (head,) = json.loads({item.key: item.value for item in model.metadata_props}["darkcsp.heads"])
    assert (head["layer"], head["type"], head["classes"]) == (1, "gaussian_yolo", 2)
    assert (head["anchors"], head["scale_x_y"], head["to_centre"]) == ([[16, 30], [33, 23]], 1, 0.5)


def test_raw_heads_do_without_the_tree() -> None:
    graph = graph_of(head_cfg("region_tree"))
    weights = weights_of(graph)
    assert [output.name for output in build_onnx(graph, weights, head="raw").graph.output] == ["L000_convolutional"]
    with pytest.raises(UnsupportedLayerError, match=r"ONNX: tree=data/small.tree was not found"):
        build_onnx(graph, weights)
