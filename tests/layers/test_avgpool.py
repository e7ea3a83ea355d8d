"""[avgpool]: the mean of each channel."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, close, only, read_as_theirs, run, their_conv


def test_shape_and_values() -> None:
    result = run(PICTURE + "[avgpool]\n")
    assert result.graph.layers[0].output == (3, 1, 1)
    assert result.graph.layers[0].flops == 0
    close(result.last[:, :, 0, 0], result.given.mean((2, 3), dtype=np.float64))


def test_its_other_name() -> None:
    assert only(PICTURE + "[avg]\n").output == (3, 1, 1)


def test_wongkinyius_newer_reader_knows_it_and_the_older_hands_its_input_on() -> None:
    text = PICTURE + their_conv(2) + "[avgpool]\n"
    assert read_as_theirs(text).layers[1].output == (2, 1, 1)
    older = read_as_theirs(text, "wongkinyiu-u3")
    assert older.layers[1].output == (2, 6, 7)
    assert "is not a layer that WongKinYiu's reader knows; it passes its input on" in older.notices[0].message
