"""[contrastive]: a loss, which hands on what it is given, or zeros."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError
from tests.networks import graph_of
from tests.single import PICTURE, conv, notices, run, section

YOLO = section("yolo", mask="0,1", anchors="4,6, 10,12", num=2, classes=2)
TEXT = PICTURE + conv(14) + YOLO


def test_what_it_leaves() -> None:
    text = TEXT + section("contrastive", yolo_layer=-1)
    result = run(text)
    assert result.graph.layers[2].output == (14 * 42, 1, 1)
    np.testing.assert_array_equal(result.last.ravel(), result.outputs[1].ravel())
    assert not run(text, semantics="cpu").last.any()


def test_it_is_no_head() -> None:
    graph = graph_of(TEXT + section("contrastive", yolo_layer=1, temperature=0.5, max_delta=10, classes=3))
    assert [head.index for head in graph.heads] == [1]
    assert notices(TEXT + section("contrastive", yolo_layer=1, cls_normalizer=1, contrastive_neg_max=3)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "yolo_layer: is missing"),
        ({"yolo_layer": 0}, r"yolo_layer: layer 0 is \[convolutional\], expected a \[yolo\] layer"),
        ({"yolo_layer": 2}, "yolo_layer=2: there is no such layer above layer 2"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_of(TEXT + section("contrastive", **options))
