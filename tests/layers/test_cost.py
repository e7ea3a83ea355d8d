"""[cost]: a loss without an output."""

from __future__ import annotations

import numpy as np

from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, conv, notices, run, section

TEXT = PICTURE + conv(2) + section("softmax") + section("cost", type="sse", scale=2, ratio=1)


def test_the_networks_output_is_the_layer_above() -> None:
    graph = graph_of(TEXT)
    assert graph.output.type == "softmax"
    assert graph.raw_outputs == (1,)
    assert notices(TEXT) == []


def test_it_passes_its_input_on() -> None:
    result = run(PICTURE + conv(2) + section("cost"))
    assert result.graph.layers[1].output == (84, 1, 1)
    np.testing.assert_array_equal(result.last.reshape(2, -1), result.outputs[0].reshape(2, -1))


def test_pjreddies_options_are_known() -> None:
    text = PICTURE + conv(2) + PJREDDIES + section("cost", noobj=1, thresh=0.5)
    assert not any("has no option" in message for message in notices(text))
