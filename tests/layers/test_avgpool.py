"""[avgpool]: the mean of each channel."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, close, only, run


def test_shape_and_values() -> None:
    result = run(PICTURE + "[avgpool]\n")
    assert result.graph.layers[0].output == (3, 1, 1)
    assert result.graph.layers[0].flops == 0
    close(result.last[:, :, 0, 0], result.given.mean((2, 3), dtype=np.float64))


def test_its_other_name() -> None:
    assert only(PICTURE + "[avg]\n").output == (3, 1, 1)
