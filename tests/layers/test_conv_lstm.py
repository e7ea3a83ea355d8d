"""[conv_lstm]: sublayers, FLOPs, the limit of its cell, the bottleneck of Darknet's GPU program."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch.nn import functional as F

from darkcsp.errors import OptionError
from darkcsp.layers.conv_lstm import ConvLstm
from darkcsp.spec.program import SEMANTICS, Semantics
from tests.networks import graph_of, weights_of
from tests.recurrence import PICTURES, assert_backends_agree, pictures_for, run_torch

PLAIN = PICTURES + "[conv_lstm]\nsize=3\npad=1\noutput=3\n"
BOTTLENECK = PLAIN + "bottleneck=1\nactivation=leaky\n"


def conv_lstm_of(text: str) -> ConvLstm:
    spec = graph_of(text).layers[-1]
    assert isinstance(spec, ConvLstm)
    return spec


def test_sublayers_in_file_order() -> None:
    gates = [f"{part}{gate}" for part in "wu" for gate in "figo"]
    assert list(conv_lstm_of(PLAIN).parts) == gates
    assert list(conv_lstm_of(PLAIN + "peephole=1\n").parts) == ["vf", "vi", "vo", *gates]
    assert list(conv_lstm_of(BOTTLENECK).parts) == ["wf", *gates[4:]]
    assert conv_lstm_of(BOTTLENECK).blobs[1] == ("wf.weights", (3, 6, 3, 3), "plain")


def test_shapes_states_and_flops() -> None:
    spec = conv_lstm_of(PLAIN.replace("output=3", "output=2"))
    assert spec.output == (2, 4, 5)
    assert [(state.name, state.shape) for state in spec.states] == [("hidden", (2, 4, 5)), ("cell", (2, 4, 5))]
    assert spec.flops == 2 * 9 * 20 * 4 * (3 * 2 + 2 * 2) + 9 * 40
    assert conv_lstm_of(PLAIN + "peephole=1\n").flops == 2 * 9 * 20 * 11 * 9 + 12 * 60


@pytest.mark.parametrize(
    "options",
    [
        "activation=leaky\n",
        "peephole=1\nbatch_normalize=1\n",
        "groups=3\ndilation=2\n",
        "state_constrain=1\npeephole=1\n",
        "bottleneck=1\n",
        "bottleneck=1\npeephole=1\nshortcut=1\nlstm_activation=leaky\n",
        "bottleneck=1\nshortcut=1\nlstm_activation=linear\nstate_constrain=0\n",
    ],
)
def test_backends_agree(options: str) -> None:
    assert_backends_agree(graph_of(PLAIN + options))


def test_the_cell_is_limited_after_the_output_is_made() -> None:
    loose, tight = (graph_of(PLAIN + f"state_constrain={limit}\nbatch_normalize=1\n") for limit in (0, 1))
    weights, pictures = weights_of(loose, 2), 3 * pictures_for(loose)
    (first, *_), states = run_torch(loose, weights, pictures)
    (same, *_), limited = run_torch(tight, weights, pictures)
    np.testing.assert_array_equal(first, same)
    cell = "L000_conv_lstm.cell"
    assert np.abs(states[1][cell]).max() > 1
    assert np.abs(limited[1][cell]).max() == 1


def test_the_limit_is_32_by_default() -> None:
    assert conv_lstm_of(PLAIN).state_constrain == 32
    assert conv_lstm_of(PLAIN.replace("channels=3", "channels=3\ntime_steps=16")).state_constrain == 32


def test_the_bottleneck_step_by_step() -> None:
    graph = graph_of(BOTTLENECK + "shortcut=1\n")
    weights, pictures = weights_of(graph), pictures_for(graph)
    outputs, _ = run_torch(graph, weights, pictures)
    blobs = {name: torch.from_numpy(array.copy()) for name, array in weights[0].items()}

    def convolve(name: str, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(F.conv2d(x, blobs[f"{name}.weights"], blobs[f"{name}.biases"], padding=1), 0.1)

    hidden = cell = torch.zeros(2, 3, 4, 5)
    for step in range(3):
        joined = torch.tanh(convolve("wf", torch.cat([hidden, torch.from_numpy(pictures[step])], 1)))
        f, i, g, o = (convolve(f"u{gate}", joined) for gate in "figo")
        cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
        hidden = torch.sigmoid(o) * torch.tanh(cell)
        want = hidden.clone().flatten(1)
        want[:, :30] += joined.flatten(1)[:, :30]
        np.testing.assert_allclose(outputs[step].reshape(2, -1), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "effective"),
    [("tanh", "tanh"), ("leaky", "leaky"), ("relu6", "relu6"), ("mish", "zero")],
)
def test_other_activations_of_the_cell(name: str, effective: str) -> None:
    text = PLAIN + f"lstm_activation={name}\n"
    assert conv_lstm_of(text).cell_activation == effective
    assert bool(graph_of(text).notices) == (effective in ("zero", "relu"))
    assert_backends_agree(graph_of(text))


def test_the_cell_is_tanh_on_a_cpu() -> None:
    graph = graph_of(PLAIN + "lstm_activation=leaky\n", semantics="cpu")
    assert any("CPU program ignores it and applies tanh" in notice.message for notice in graph.notices)
    assert graph.layers[-1] == conv_lstm_of(PLAIN)


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_the_bottleneck_knows_three_activations(semantics: Semantics) -> None:
    with pytest.raises(OptionError, match=r"lstm_activation=mish: expected one of tanh, leaky, linear"):
        graph_of(BOTTLENECK + "lstm_activation=mish\n", semantics=semantics)


def test_the_bottleneck_keeps_the_channels() -> None:
    with pytest.raises(OptionError, match=r"output=4: must equal the 3 channels of the input with bottleneck=1"):
        graph_of(BOTTLENECK.replace("output=3", "output=4"))
