"""[empty] and [silence]: nothing happens."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.layers.empty import Empty
from tests.single import PICTURE, conv, graph_as, run, section, their_conv


@pytest.mark.parametrize("name", ["empty", "silence"])
def test_the_input_goes_on(name: str) -> None:
    result = run(PICTURE + conv(2) + section(name) + section("route", layers="0,1"))
    assert result.graph.layers[1].output == (2, 6, 7)
    np.testing.assert_array_equal(result.outputs[1], result.outputs[0])
    np.testing.assert_array_equal(result.outputs[2][:, :2], result.outputs[2][:, 2:])


def test_it_is_alexeyabs_alone() -> None:
    with pytest.raises(Exception, match=r"\[empty\] is not a layer that Darknet knows"):
        graph_as("pjreddie", PICTURE + section("empty"))


@pytest.mark.parametrize("name", ["silence", "reorg3d", "softmax", "connected", "whatever"])
def test_sections_that_hand_their_input_on_to_wongkinyius_readers(name: str) -> None:
    result = run(PICTURE + their_conv(2) + section(name, stride=2), dialect="wongkinyiu")
    np.testing.assert_array_equal(result.last, result.outputs[0])
    assert isinstance(result.graph.layers[1], Empty)
    assert bool(result.graph.notices) == (name != "silence")
