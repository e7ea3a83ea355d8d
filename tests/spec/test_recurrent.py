"""What recurrent layers have in common: names of parameters, state from call to call, windows that keep the size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import OptionError
from darkcsp.to_torch import Network
from tests.networks import graph_of, weights_bytes, weights_of
from tests.recurrence import PICTURES, VECTORS, pictures_for, run_torch

TWO_LAYERS = VECTORS + "[rnn]\noutput=4\nactivation=tanh\n\n[lstm]\noutput=5\nbatch_normalize=1\n"


def test_parameters_are_named_by_their_sublayers() -> None:
    (rnn, lstm) = graph_of(TWO_LAYERS).layers
    assert [blob.name for blob in rnn.blobs] == [
        f"{part}.{blob}" for part in ("input", "self", "output") for blob in ("biases", "weights")
    ]
    assert rnn.blobs[1].shape == (4, 6)
    assert rnn.blobs[1].layout == "by_header"
    assert lstm.blobs[-5:][1].name == "ug.weights"
    assert lstm.blobs[-1] == ("ug.variances", (5,), "plain")


def test_what_does_not_load_is_not_in_the_file() -> None:
    graph = graph_of(TWO_LAYERS.replace("[rnn]", "[rnn]\ndontload=1"))
    assert graph.layers[0].stored == ()
    assert graph.layers[1].stored == graph.layers[1].blobs


def test_weights_round_trip_through_the_module(tmp_path: Path) -> None:
    graph = graph_of(TWO_LAYERS)
    Network(graph, weights_of(graph, 4)).save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes()[20:] == weights_bytes(graph, 4)[20:]


def test_forward_carries_state_on_until_it_is_reset() -> None:
    graph = graph_of(TWO_LAYERS)
    weights, pictures = weights_of(graph), pictures_for(graph)
    want, _ = run_torch(graph, weights, pictures)
    network = Network(graph, weights).eval()
    for _ in range(2):
        with torch.no_grad():
            got = [network(torch.from_numpy(batch))[0].numpy() for batch in pictures]
        np.testing.assert_array_equal(got, want)
        network.reset_state()
    assert float(np.abs(want[1] - want[0]).max()) > 1e-3


def test_an_explicit_state_goes_on_from_there() -> None:
    graph = graph_of(TWO_LAYERS)
    weights, pictures = weights_of(graph), pictures_for(graph)
    want, _ = run_torch(graph, weights, pictures)
    network = Network(graph, weights).eval()
    with torch.no_grad():
        state = network.layer_outputs(torch.from_numpy(pictures[0])).state
        assert set(state) == {"L000_rnn.hidden", "L001_lstm.hidden", "L001_lstm.cell"}
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        buffer.seek(0)
        got = network.layer_outputs(torch.from_numpy(pictures[1]), torch.load(buffer))[1]
    np.testing.assert_array_equal(got, want[1])


def test_random_start_is_finite() -> None:
    torch.manual_seed(0)
    network = Network(graph_of(TWO_LAYERS)).eval()
    assert all(torch.isfinite(tensor).all() for tensor in network.state_dict().values())
    assert "layers.L000_rnn.parts.self.linear.weight" in network.state_dict()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("stride=2\npad=1", r"stride=2: the state must keep the input's height and width; expected stride=1"),
        ("size=3", r"pad: .*expected an odd size and pad=1, not size=3 with a padding of 0"),
        ("size=2\npad=1", r"size=2: .*not size=2 with a padding of 1"),
        ("size=5\npadding=1", r"padding=1: .*not size=5 with a padding of 1"),
        ("pad=1\nxnor=1", r"xnor=1: Darknet writes beyond the weights of recurrent layers"),
        ("pad=1\ngroups=2", r"groups=2: must divide the sublayers' channels, 3, 2"),
    ],
)
def test_windows_must_keep_the_size(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURES + f"[conv_lstm]\noutput=2\n{options}\n")
