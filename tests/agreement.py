"""Runs a reference case through a backend and gives the error of every layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from darkcsp.graph import Graph
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Weights
from tests.modules import network_of
from tests.reference import Array, Case
from tests.running import session_of

Errors = dict[tuple[int, int], float]
"""(step, layer) -> error."""


def torch_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """Every layer through PyTorch, recurrent state carried from step to step."""
    torch = pytest.importorskip("torch")
    network = network_of(graph, weights).eval()
    errors: Errors = {}
    state = None
    with torch.inference_mode():
        for step, picture in enumerate(case.inputs):
            outputs = network.layer_outputs(torch.from_numpy(picture.reshape(1, *graph.input)), state)
            state = outputs.state
            for layer in case.expected[step]:
                errors[step, layer] = case.error(layer, outputs[layer].numpy(), step)
    return errors


def onnxruntime_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """Every layer through ONNX Runtime, as taps of the converted model."""
    session = session_of(build_onnx(graph, weights, head="raw", taps="all").SerializeToString())
    errors: Errors = {}
    for step, outputs in enumerate(_steps(session, case, graph)):
        for layer in case.expected[step]:
            errors[step, layer] = case.error(layer, outputs[f"layer_{layer:03d}"], step)
    return errors


def _steps(session: Any, case: Case, graph: Graph) -> Iterator[dict[str, Array]]:
    inputs, names = session.get_inputs(), [item.name for item in session.get_outputs()]
    feed = {item.name: np.zeros(item.shape, np.float32) for item in inputs}
    for picture in case.inputs:
        feed["images"] = picture.reshape(1, *graph.input)
        outputs = dict(zip(names, session.run(None, feed), strict=True))
        feed |= {name: outputs[f"next_{name}"] for name in feed if name != "images"}
        yield outputs


def opencv_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """The final outputs through OpenCV DNN: what each head makes of what it is given, or the last output.

    Raises cv2.error where OpenCV lacks an operator.
    """
    final = [head.index for head in graph.heads] or [graph.output.index]
    model = build_onnx(graph, weights, head="raw", taps=final, target="opencv")
    names = [output.name for output in model.graph.output]
    feed = {item.name: np.zeros([dim.dim_value for dim in item.type.tensor_type.shape.dim], np.float32)
            for item in model.graph.input}  # fmt: skip
    network = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
    del model
    errors: Errors = {}
    for step, picture in enumerate(case.inputs):
        feed["images"] = picture.reshape(1, *graph.input)
        for name, value in feed.items():
            network.setInput(value, name)
        outputs = dict(zip(names, network.forward(names), strict=True))  # the new engine wants to be asked for all
        feed |= {name: outputs[f"next_{name}"].reshape(value.shape) for name, value in feed.items() if name != "images"}
        for index in set(final) & set(case.expected[step]):
            errors[step, index] = case.error(index, outputs[f"layer_{index:03d}"], step)
    return errors
