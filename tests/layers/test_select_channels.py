"""[select_channels]: the layer above times the logistic function of another."""

from __future__ import annotations

import numpy as np

from tests.single import PICTURE, Numbers, close, run, section, their_conv


def _logistic(x: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def test_learned_numbers_choose_channels() -> None:
    text = PICTURE + their_conv(4) + section("implicit_add", filters=4) + section("route", layers="-2")
    result = run(text + section("select_channels", **{"from": 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] * _logistic(result.blobs(1)["weights"])[:, :, None])


def test_all_values_of_a_table_choose() -> None:
    text = PICTURE + their_conv(6) + section("implicit_add_2d", filters=2, atoms=3) + section("route", layers="-2")
    result = run(text + section("select_channels_2d", **{"from": 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] * _logistic(result.blobs(1)["weights"]).reshape(1, 6, 1, 1))


def test_a_layer_chooses_positions() -> None:
    text = PICTURE + their_conv(1) + their_conv(5) + section("select_channels", **{"from": 0})
    result = run(text, dialect="wongkinyiu")
    close(result.last, result.outputs[1] * _logistic(result.outputs[0]))
