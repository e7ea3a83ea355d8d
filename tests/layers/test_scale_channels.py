"""[scale_channels]: factors for channels, or for positions."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import GraphError
from tests.networks import graph_of
from tests.single import PICTURE, close, conv, run, section, their_conv


def scale(**options: object) -> str:
    return section("scale_channels", **{"from": 0, **options})


def test_factors_of_channels() -> None:
    result = run(PICTURE + conv(4) + section("avgpool") + scale())
    assert result.graph.layers[2].output == (4, 6, 7)
    close(result.last, result.outputs[0] * result.outputs[1])


def test_factors_of_positions() -> None:
    result = run(PICTURE + conv(4) + conv(1, stride=1) + scale(scale_wh=1, activation="relu"))
    assert result.graph.layers[2].output == (4, 6, 7)
    close(result.last, np.maximum(result.outputs[0] * result.outputs[1], 0))


@pytest.mark.parametrize("name", ["swish", "mish"])
def test_functions_that_the_layer_does_not_know_give_zeros(name: str) -> None:
    assert not run(PICTURE + conv(4) + section("avgpool") + scale(activation=name)).last.any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (conv(4) + conv(4) + scale(), "from: layer 0 is 4x6x7, so the layer above must be 4x1x1, but it is 4x6x7"),
        (conv(4) + conv(2) + section("avgpool") + scale(), "must be 4x1x1, but it is 2x1x1"),
        (conv(4) + conv(2) + scale(scale_wh=1), "must be 1x6x7, but it is 2x6x7"),
    ],
)
def test_shapes_must_fit(text: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        graph_of(PICTURE + text)


@pytest.mark.parametrize("pooled_first", [True, False])
def test_wongkinyius_reader_broadcasts_either_way(pooled_first: bool) -> None:
    sections = [their_conv(3), "[avgpool]\n"]
    text = PICTURE + "".join(sections)
    if not pooled_first:
        text += section("route", layers="-2")
    result = run(text + section("scale_channels", **{"from": 0 if pooled_first else 1}), dialect="wongkinyiu")
    close(result.last, result.outputs[0] * result.outputs[0].mean((2, 3), keepdims=True))
