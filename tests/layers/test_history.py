"""[history]: at inference its input alone, as Darknet leaves it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.networks import graph_of
from tests.recurrence import PICTURES, assert_backends_agree, pictures_for


@pytest.mark.parametrize(("option", "size"), [("", 4), ("history_size=2\n", 2), ("history_size=1\n", 1)])
def test_the_input_and_then_nothing(option: str, size: int) -> None:
    graph = graph_of(PICTURES + f"[history]\n{option}")
    (spec,) = graph.layers
    assert spec.output == (3 * size, 4, 5)
    assert spec.states == ()
    for output, picture in zip(assert_backends_agree(graph), pictures_for(graph), strict=True):
        np.testing.assert_array_equal(output[:, :3], picture)
        assert not output[:, 3:].any()
