"""[sam]: the product of two layers."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import GraphError
from tests.networks import graph_of
from tests.single import PICTURE, close, conv, run, section, their_conv


def sam(**options: object) -> str:
    return section("sam", **{"from": -2, **options})


def test_product() -> None:
    result = run(PICTURE + conv(4) + conv(4, activation="logistic") + sam())
    assert result.graph.layers[2].output == (4, 6, 7)
    close(result.last, result.outputs[0] * result.outputs[1])


def test_activation() -> None:
    result = run(PICTURE + conv(4) + conv(4) + sam(activation="leaky"))
    product = result.outputs[0] * result.outputs[1]
    close(result.last, np.where(product > 0, product, 0.1 * product))
    assert not run(PICTURE + conv(4) + conv(4) + sam(activation="swish")).last.any()


def test_shapes_must_be_equal() -> None:
    with pytest.raises(GraphError, match="from: layer 0 is 4x6x7, the layer above is 3x6x7; the shapes must be equal"):
        graph_of(PICTURE + conv(4) + conv(3) + sam())


def test_wongkinyius_reader_broadcasts_and_applies_no_activation() -> None:
    text = PICTURE + their_conv(3) + their_conv(1) + section("sam", **{"from": "-2"}, activation="relu")
    result = run(text, dialect="wongkinyiu")
    close(result.last, result.outputs[0] * result.outputs[1])
    assert "activation=relu: WongKinYiu's reader ignores it in [sam]" in result.graph.notices[0].message
