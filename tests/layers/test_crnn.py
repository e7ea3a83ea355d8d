"""[crnn]: the two programs' names, shapes, FLOPs, the shortcut."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import GraphError
from darkcsp.layers.crnn import Crnn
from tests.networks import graph_of, weights_of
from tests.recurrence import PICTURES, assert_backends_agree, pictures_for, run_torch
from tests.single import graph_as

SQUARE = PICTURES.replace("width=5", "width=4")
OURS = PICTURES + "[crnn]\nsize=3\npad=1\noutput=4\nhidden=2\nactivation=leaky\n"


def crnn_of(text: str) -> Crnn:
    spec = graph_of(text).layers[-1]
    assert isinstance(spec, Crnn)
    return spec


def test_shapes_parameters_and_flops() -> None:
    spec = crnn_of(OURS)
    assert spec.output == (4, 4, 5)
    assert [state.shape for state in spec.states] == [(2, 4, 5)]
    assert [blob.name for blob in spec.blobs] == [
        f"{part}.{blob}" for part in ("input", "self", "output") for blob in ("biases", "weights")
    ]
    assert [blob.shape for blob in spec.blobs[1::2]] == [(2, 3, 3, 3), (2, 2, 3, 3), (4, 2, 3, 3)]
    assert spec.flops == 2 * 9 * 20 * (3 * 2 + 2 * 2 + 2 * 4)


def test_pjreddies_names_make_it_pjreddies() -> None:
    graph = graph_of(SQUARE + "[crnn]\noutput_filters=4\nhidden_filters=2\nactivation=leaky\n")
    assert graph.program.author == "pjreddie"
    (spec,) = graph.layers
    assert isinstance(spec, Crnn)
    assert (spec.filters, spec.hidden, spec.kernel.size) == (4, 2, 3)
    assert spec.output == (4, 4, 4)


def test_pjreddies_program_takes_height_for_width() -> None:
    with pytest.raises(GraphError, match="expected a square input, not 3x4x5"):
        graph_as("pjreddie", PICTURES + "[crnn]\noutput_filters=4\nhidden_filters=2\n")


def test_neither_programs_names_make_one_filter() -> None:
    spec = crnn_of(PICTURES + "[crnn]\npad=1\n")
    assert (spec.filters, spec.hidden) == (1, 1)


def test_a_mixture_of_names_is_refused() -> None:
    with pytest.raises(GraphError, match=r"hidden_filters=2: is pjreddie's name; AlexeyAB's Darknet calls it hidden"):
        graph_of(PICTURES + "[crnn]\npad=1\noutput=4\nhidden_filters=2\n")


@pytest.mark.parametrize(
    "options",
    ["", "shortcut=1\n", "batch_normalize=1\n", "dilation=2\n", "activation=swish\n"],
)
def test_backends_agree(options: str) -> None:
    assert_backends_agree(graph_of(OURS.replace("activation=leaky\n", "") + (options or "activation=leaky\n")))


def test_backends_agree_with_groups() -> None:
    assert_backends_agree(graph_of(OURS.replace("channels=3", "channels=4") + "groups=2\n"))


def test_the_shortcut_adds_the_old_state() -> None:
    plain, short = graph_of(OURS), graph_of(OURS + "shortcut=1\n")
    weights, pictures = weights_of(plain), pictures_for(plain)
    _, without = run_torch(plain, weights, pictures[:2])
    _, with_it = run_torch(short, weights, pictures[:2])
    name = "L000_crnn.hidden"
    np.testing.assert_allclose(with_it[1][name], without[1][name] + without[0][name], rtol=1e-5, atol=1e-6)
