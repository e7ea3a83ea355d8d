"""[dropout]: nothing but in training."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError

pytest.importorskip("torch")

import torch

from darkcsp.layers.dropout import Dropout
from darkcsp.to_torch import Network
from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, conv, notices, read_as_theirs, run, section, their_conv


def test_inference_passes_on() -> None:
    result = run(PICTURE + conv(2) + section("dropout", probability=0.9))
    assert result.graph.layers[1].output == (2, 6, 7)
    np.testing.assert_array_equal(result.last, result.outputs[0])


def test_training_drops_and_scales() -> None:
    network = Network(graph_of("[net]\nwidth=50\nheight=40\nchannels=3\n\n" + section("dropout", probability=0.25)))
    torch.manual_seed(0)
    got = network.train().layer_outputs(torch.ones(1, 3, 40, 50))[0]
    assert torch.unique(got).tolist() == pytest.approx([0, 4 / 3])
    assert (got == 0).float().mean().item() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(("below", "probability"), [("", 0.2), (PJREDDIES, 0.5)])
def test_the_default_is_the_programs_own(below: str, probability: float) -> None:
    spec = graph_of(PICTURE + "[dropout]\n" + below).layers[0]
    assert isinstance(spec, Dropout)
    assert spec.probability == probability


def test_dropblock_is_for_training() -> None:
    assert notices(PICTURE + section("dropout", dropblock=1, dropblock_size_abs=3)) == []


def test_wongkinyius_reader_stops_at_it() -> None:
    with pytest.raises(CfgError, match=r"\[dropout\] stops WongKinYiu's reader"):
        read_as_theirs(PICTURE + their_conv(2) + "[dropout]\nprobability=.5\n")
