"""Runs recurrent networks for a few steps, in both backends."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from darkcsp.graph import Graph
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Weights
from tests.modules import network_of
from tests.networks import weights_of
from tests.reference import Array
from tests.running import session_of

VECTORS = "[net]\ninputs=6\n\n"
PICTURES = "[net]\nwidth=5\nheight=4\nchannels=3\n\n"


def pictures_for(graph: Graph, steps: int = 3, batch: int = 2) -> Array:
    """(steps, batch, c, h, w) of both signs."""
    return np.random.default_rng(7).standard_normal((steps, batch, *graph.input)).astype(np.float32)


def run_torch(graph: Graph, weights: Weights, pictures: Array) -> tuple[list[Array], list[dict[str, Array]]]:
    """The last layer's outputs and the states, step by step."""
    torch = pytest.importorskip("torch")
    network = network_of(graph, weights).eval()
    outputs, states, state = [], [], None
    with torch.no_grad():
        for batch in pictures:
            found = network.layer_outputs(torch.from_numpy(batch), state)
            state = found.state
            outputs.append(found[len(graph.layers) - 1].numpy())
            states.append({name: tensor.numpy() for name, tensor in state.items()})
    return outputs, states


def run_onnx(graph: Graph, weights: Weights, pictures: Array) -> tuple[list[Array], list[dict[str, Array]]]:
    """The same, through a converted model and ONNX Runtime."""
    last = len(graph.layers) - 1
    model = build_onnx(graph, weights, taps=[last], batch=None)
    onnx.checker.check_model(model, full_check=True)
    session = session_of(model)
    feed = {item.name: np.zeros((pictures.shape[1], *item.shape[1:]), np.float32) for item in session.get_inputs()}
    outputs, states = [], []
    for batch in pictures:
        names = [f"layer_{last:03d}", *(f"next_{name}" for name in feed if name != "images")]
        output, *carried = session.run(names, feed | {"images": batch})
        feed |= {name.removeprefix("next_"): value for name, value in zip(names[1:], carried, strict=True)}
        outputs.append(output)
        states.append({name.removeprefix("next_state_"): v for name, v in zip(names[1:], carried, strict=True)})
    return outputs, states


def assert_backends_agree(graph: Graph, seed: int = 0) -> list[Array]:
    """Three steps with a batch of two, to 1e-5; return the outputs."""
    weights, pictures = weights_of(graph, seed), pictures_for(graph)
    outputs, states = run_torch(graph, weights, pictures)
    others, other_states = run_onnx(graph, weights, pictures)
    for step in range(len(pictures)):
        np.testing.assert_allclose(others[step], outputs[step], rtol=1e-5, atol=1e-5)
        assert states[step].keys() == other_states[step].keys()
        for name, state in states[step].items():
            np.testing.assert_allclose(other_states[step][name], state, rtol=1e-5, atol=1e-5)
    return outputs
