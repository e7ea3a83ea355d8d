"""[activation]: a function as a layer of its own."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, close, conv, notices, only, run, section


def test_shape_and_default() -> None:
    text = PICTURE + conv(4) + "[activation]\n"
    assert only(text).output == (4, 6, 7)
    result = run(text)
    np.testing.assert_array_equal(result.last, result.outputs[0])


def test_values() -> None:
    result = run(PICTURE + conv(4) + section("activation", activation="tanh"))
    close(result.last, np.tanh(result.outputs[0].astype(np.float64)))


def test_vectors_stay_vectors() -> None:
    text = PICTURE + conv(4) + section("connected", output=3) + section("activation", activation="relu")
    assert only(text).output == (3, 1, 1)


def test_functions_of_convolutions_alone_give_zeros() -> None:
    text = PICTURE + conv(4) + section("activation", activation="mish")
    assert not run(text).last.any()
    assert "activation=mish: Darknet does not apply mish in this layer: its output is all zeros" in notices(text)
