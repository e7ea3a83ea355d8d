"""[l2norm]: vectors of length 1 over the channels."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, close, run, section


def test_values() -> None:
    result = run(PICTURE + section("l2norm"))
    assert result.graph.program.author == "pjreddie"
    assert result.graph.layers[0].output == (3, 6, 7)
    close(result.last, result.given / np.sqrt((result.given.astype(np.float64) ** 2).sum(1, keepdims=True)))
    close((result.last**2).sum(1), np.ones((2, 6, 7), np.float32))


def test_zeros_have_no_direction() -> None:
    given = np.ones((1, 3, 6, 7), np.float32)
    given[:, :, 2, 3] = 0
    trained = run(PICTURE + section("l2norm"), given).last
    close(trained, given / np.sqrt(np.float32(3)))
    on_cpu = run(PICTURE + section("l2norm"), given, semantics="cpu").last
    assert np.isnan(on_cpu[0, :, 2, 3]).all()
    assert np.isnan(on_cpu).sum() == 3
