from __future__ import annotations

import pytest

from darkcsp.errors import CfgError
from darkcsp.graph import Graph
from darkcsp.layers.yolo import Yolo
from tests.networks import graph_of

NET = "[net]\nwidth=64\nheight=32\nchannels=3\n"
TOP = NET + "[convolutional]\nfilters={}\nsize=1\nstride=8\nactivation=linear\n[yolo]\n"


def head(options: str, filters: int) -> tuple[Yolo, Graph]:
    graph = graph_of(TOP.format(filters) + options)
    spec = graph.heads[0]
    assert isinstance(spec, Yolo)
    return spec, graph


def test_anchors_are_those_of_the_mask_in_its_order() -> None:
    spec, graph = head("classes=3\nnum=3\nanchors= 1,2, 3,4, 5,6\nmask= 2,0\n", 16)
    assert spec.anchors == ((5, 6), (1, 2))
    assert (spec.classes, spec.output, spec.boxes) == (3, (16, 4, 8), 2 * 4 * 8)
    assert graph.raw_outputs == (0,)
    assert spec.metadata == {"anchors": ((5, 6), (1, 2)), "scale_x_y": 1, "new_coords": False}
    assert graph.notices == ()


def test_defaults_are_darknets() -> None:
    spec, _ = head("", 25)
    assert (spec.classes, spec.anchors) == (20, ((0.5, 0.5),))
    assert (spec.scale_x_y, spec.new_coords, spec.nms) == (1, False, ("default", 0.6))


def test_anchors_that_the_list_lacks_are_a_half() -> None:
    spec, _ = head("classes=1\nnum=2\nanchors=7,8,9\n", 12)
    assert spec.anchors == ((7, 8), (9, 0.5))


def test_options_that_change_boxes_and_suppression() -> None:
    spec, _ = head("classes=1\nscale_x_y=1.05\nnew_coords=1\nnms_kind=diounms\nbeta_nms=0.5\n", 6)
    assert (spec.scale_x_y, spec.new_coords, spec.nms) == (1.05, True, ("diounms", 0.5))


def test_a_mask_beyond_num_takes_the_lists_own_anchor_with_a_notice() -> None:
    spec, graph = head("classes=1\nnum=1\nanchors=1,2,3,4\nmask=1\n", 6)
    assert spec.anchors == ((3, 4),)
    assert "mask=1: is beyond num=1" in str(graph.notices[0])


@pytest.mark.parametrize(
    ("options", "filters", "message"),
    [
        ("classes=2\nnum=3\nmask=0,1\n", 21, r"x\.cfg:10: \[yolo\] 2 boxes of 7 values need 14 channels, .* gives 21"),
        ("classes=1\nnum=1\nanchors=1,2\nmask=3\n", 6, r"mask=3: has 3, but there are anchors 0 to 0"),
        ("classes=1\nnum=2\nmask=-1\n", 6, "mask=-1: has -1"),
        ("classes=-1\n", 4, "classes=-1: must be 0 or more"),
        ("num=0\n", 25, "num=0: must be 1 or more"),
    ],
)
def test_impossible_options(options: str, filters: int, message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_of(TOP.format(filters) + options)


def test_training_options_are_known() -> None:
    options = "classes=1\njitter=.3\nignore_thresh=.7\ntruth_thresh=1\nrandom=1\niou_loss=ciou\nmax=90\n"
    assert head(options, 6)[1].notices == ()
