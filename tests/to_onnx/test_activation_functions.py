"""Activation functions far from zero, where an engine's own operators may fail: OpenCV 5's Tanh is NaN from 45 on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from darkcsp.spec.activation_functions import EFFECTIVE
from darkcsp.to_onnx import build_onnx
from tests.networks import graph_of, weights_of
from tests.running import run_model
from tests.single import section

FAR = np.linspace(-300, 300, 192, dtype=np.float32).reshape(1, 3, 8, 8)


@pytest.mark.parametrize("engine", [cv2.dnn.ENGINE_CLASSIC, cv2.dnn.ENGINE_NEW])
@pytest.mark.parametrize("name", ["tanh", "gelu", "mish", "swish", "logistic", "elu", "selu", "loggy"])
def test_opencv_agrees_far_from_zero(name: str, engine: int, tmp_path: Path) -> None:
    assert name in EFFECTIVE
    graph = graph_of(section("net", width=8, height=8, channels=3) + section("activation", activation=name))
    model = build_onnx(graph, weights_of(graph))
    path = tmp_path / "far.onnx"
    onnx.save(model, path)
    network = cv2.dnn.readNetFromONNX(str(path), engine)
    network.setInput(FAR, "images")
    (want,) = run_model(model, images=FAR).values()
    np.testing.assert_allclose(network.forward().reshape(want.shape), want, rtol=1e-6, atol=1e-6)
