"""[logistic]: pjreddie's logistic function as a layer."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, close, run, section


def test_values() -> None:
    result = run(PICTURE + section("logistic"))
    assert result.graph.program.author == "pjreddie"
    assert result.graph.layers[0].output == (3, 6, 7)
    close(result.last, 1 / (1 + np.exp(-result.given.astype(np.float64))))
