"""[Gaussian_yolo]: shapes, options and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import GraphError
from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.to_torch import Network
from tests.heads import head_cfg
from tests.networks import graph_of


def gaussian_of(text: str) -> GaussianYolo:
    (head,) = graph_of(text).heads
    assert isinstance(head, GaussianYolo)
    return head


def test_shape_boxes_and_names() -> None:
    head = gaussian_of(head_cfg("gaussian"))
    assert head.output == (22, 3, 5)
    assert head.boxes == 30
    assert (head.type, head.label) == ("gaussian_yolo", "L001_gaussian_yolo")
    assert head.anchors == ((10, 13), (30, 61))
    assert gaussian_of(head_cfg("gaussian") + "nms_kind=cornersnms\nbeta_nms=0.5\n").nms == ("cornersnms", 0.5)


@pytest.mark.parametrize(
    ("kind", "factor"), [("gaussian", 0), ("gaussian_left_top", 0.5), ("gaussian_right_bottom", -0.5)]
)
def test_points(kind: str, factor: float) -> None:
    assert gaussian_of(head_cfg(kind)).to_centre == factor


def test_channels_must_fit() -> None:
    with pytest.raises(GraphError, match="2 boxes of 11 values need 22 channels, but the layer above has 14"):
        gaussian_of(head_cfg("gaussian").replace("filters=22", "filters=14"))


def test_pjreddies_program_does_not_know_it() -> None:
    graph = graph_of(head_cfg("gaussian"))
    assert graph.program.author == "AlexeyAB"


def test_widths_and_heights_stay_raw() -> None:
    x = torch.randn(2, 22, 3, 5, generator=torch.Generator().manual_seed(0))
    y = Network(graph_of(head_cfg("gaussian"))).module(1)(x).reshape(2, 2, 11, 3, 5)
    x = x.reshape(2, 2, 11, 3, 5)
    np.testing.assert_array_equal(y[:, :, [4, 6]], x[:, :, [4, 6]])
    np.testing.assert_allclose(
        y[:, :, [1, 3, 5, 7, 8, 9, 10]], torch.sigmoid(x[:, :, [1, 3, 5, 7, 8, 9, 10]]), rtol=1e-6
    )
    np.testing.assert_allclose(y[:, :, [0, 2]], torch.sigmoid(x[:, :, [0, 2]]) * 1.1 - 0.05, atol=1e-6)
