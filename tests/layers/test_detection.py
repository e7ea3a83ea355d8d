"""[detection]: shapes and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import GraphError, OptionError
from darkcsp.layers.detection import Detection
from darkcsp.to_torch import Network
from tests.heads import head_cfg
from tests.networks import graph_of


def test_shape_boxes_and_metadata() -> None:
    (head,) = graph_of(head_cfg("detection")).heads
    assert isinstance(head, Detection)
    assert head.output == (117, 1, 1)
    assert head.boxes == 18
    assert head.metadata == {"side": 3, "num": 2, "softmax": False, "sqrt": True}


def test_values_must_fit() -> None:
    with pytest.raises(GraphError, match=r"3x3 cells of 3 classes and 2 boxes need 117 values.*12x3x3 = 108"):
        graph_of(head_cfg("detection").replace("filters=13", "filters=12"))


def test_boxes_have_four_numbers() -> None:
    with pytest.raises(OptionError, match=r"\[detection\] coords: .*expected coords=4"):
        graph_of(head_cfg("detection").replace("coords=4\n", ""))


def test_only_classes_go_through_the_softmax() -> None:
    x = torch.randn(2, 19, 3, 3, generator=torch.Generator().manual_seed(0))
    plain = Network(graph_of(head_cfg("detection_softmax").replace("softmax=1", "softmax=0"))).module(1)(x)
    assert plain.shape == (2, 171, 1, 1)
    np.testing.assert_array_equal(plain.flatten(1), x.flatten(1))
    y = Network(graph_of(head_cfg("detection_softmax"))).module(1)(x).flatten(1)
    want = torch.softmax(x.flatten(1)[:, :36].reshape(2, 9, 4), 2).flatten(1)
    np.testing.assert_allclose(y[:, :36], want, rtol=1e-6)
    np.testing.assert_array_equal(y[:, 36:], x.flatten(1)[:, 36:])
