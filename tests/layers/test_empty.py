"""[empty] and [silence]: nothing happens."""

from __future__ import annotations

import numpy as np
import pytest

from tests.single import PICTURE, conv, graph_as, run, section


@pytest.mark.parametrize("name", ["empty", "silence"])
def test_the_input_goes_on(name: str) -> None:
    result = run(PICTURE + conv(2) + section(name) + section("route", layers="0,1"))
    assert result.graph.layers[1].output == (2, 6, 7)
    np.testing.assert_array_equal(result.outputs[1], result.outputs[0])
    np.testing.assert_array_equal(result.outputs[2][:, :2], result.outputs[2][:, 2:])


def test_it_is_alexeyabs_alone() -> None:
    with pytest.raises(Exception, match=r"\[empty\] is not a layer that Darknet knows"):
        graph_as("pjreddie", PICTURE + section("empty"))
