"""[lstm]: order of the sublayers in both programs' files, and its two states."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.layers.lstm import Lstm
from tests.networks import graph_of, weights_of
from tests.recurrence import PICTURES, VECTORS, assert_backends_agree, pictures_for, run_torch
from tests.reference import Array

FORKS = PICTURES + "[convolutional]\nfilters=2\nactivation=linear\n\n[lstm]\noutput=4\n"
ORIGINALS = VECTORS + "[lstm]\noutput=4\n"


def lstm_of(text: str) -> Lstm:
    spec = graph_of(text).layers[-1]
    assert isinstance(spec, Lstm)
    return spec


def test_the_programs_differ_in_the_order_of_the_file() -> None:
    assert list(lstm_of(FORKS).parts) == ["wf", "wi", "wg", "wo", "uf", "ui", "ug", "uo"]
    assert list(lstm_of(ORIGINALS).parts) == ["wi", "wf", "wo", "wg", "ui", "uf", "uo", "ug"]


def test_states() -> None:
    assert [(state.name, state.shape) for state in lstm_of(ORIGINALS).states] == [
        ("hidden", (4, 1, 1)),
        ("cell", (4, 1, 1)),
    ]


@pytest.mark.parametrize("text", [FORKS, ORIGINALS, ORIGINALS + "batch_normalize=1\n"])
def test_backends_agree(text: str) -> None:
    assert_backends_agree(graph_of(text))


def test_steps_are_the_textbooks() -> None:
    graph = graph_of(ORIGINALS)
    weights, pictures = weights_of(graph), pictures_for(graph, batch=1)
    outputs, _ = run_torch(graph, weights, pictures)
    hidden, cell = np.zeros(4, np.float32), np.zeros(4, np.float32)

    def gate(name: str, x: Array) -> Array:
        first, second = (
            weights[0][f"{part}{name}.weights"] @ given + weights[0][f"{part}{name}.biases"]
            for part, given in (("w", hidden), ("u", x))
        )
        return first + second

    def logistic(x: Array) -> Array:
        return np.float32(1) / (np.float32(1) + np.exp(-x))

    for step in range(3):
        x = pictures[step].reshape(-1)
        f, i, g, o = (gate(name, x) for name in "figo")
        cell = logistic(f) * cell + logistic(i) * np.tanh(g)
        hidden = logistic(o) * np.tanh(cell)
        np.testing.assert_allclose(outputs[step].reshape(-1), hidden, rtol=1e-5, atol=1e-6)
