from __future__ import annotations

import numpy as np
import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.decode import decode
from darkcsp.errors import CfgError, GraphError, OptionError
from darkcsp.graph import Graph, build_graph
from darkcsp.layers.yolo import Yolo, YoloPixels
from darkcsp.spec.program import Dialect
from darkcsp.to_onnx import build_onnx
from tests.modules import torch_heads
from tests.networks import graph_of, weights_of
from tests.running import run_model
from tests.single import PICTURE, close, numbers, read_as_theirs, section, their_conv

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
    assert "mask=1: exceeds num=1" in str(graph.notices[0])


@pytest.mark.parametrize(
    ("options", "filters", "message"),
    [
        ("classes=2\nnum=3\nmask=0,1\n", 21, r"x\.cfg:10: \[yolo\] 2 boxes of 7 values need 14 channels, .* has 21"),
        ("classes=1\nnum=1\nanchors=1,2\nmask=3\n", 6, r"mask=3: 3 is out of range: there are anchors 0 to 0"),
        ("classes=1\nnum=2\nmask=-1\n", 6, "mask=-1: -1 is out of range"),
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


HEAD = {"mask": "0,1", "anchors": "4,6, 10,12, 20,24", "num": 3, "classes": 2}
THEIR_HEAD = "[net]\nwidth=32\nheight=16\n\n" + their_conv(14, stride=8) + section("yolo", **HEAD, scale_x_y=1.05)


def test_heads_of_wongkinyius_readers() -> None:
    graph = read_as_theirs(THEIR_HEAD)
    (head,) = graph.heads
    assert isinstance(head, YoloPixels)
    assert (head.anchors, head.stride, head.stretch, head.squared) == (((4, 6), (10, 12)), 8, 2, True)
    assert (head.nms[0], head.limits, head.compares_objectness, graph.notices) == ("wongkinyiu", (0.4, 0.5), True, ())
    (older,) = read_as_theirs(THEIR_HEAD, "wongkinyiu-u3").heads
    assert isinstance(older, YoloPixels)
    assert (older.stretch, older.squared, older.limits) == (1, False, (0.3, 0.6))


@pytest.mark.parametrize("dialect", ["wongkinyiu", "wongkinyiu-u3"])
def test_boxes_of_wongkinyius_readers(dialect: Dialect) -> None:
    graph = read_as_theirs(THEIR_HEAD, dialect)
    raw = numbers(1, 14, 2, 4)
    values = raw.reshape(2, 7, 2, 4).astype(np.float64)
    s = 1 / (1 + np.exp(-values))
    (row,) = decode(graph, [raw])[:, (1 * 4 + 2) * 2 + 1]  # row 1, column 2, the second anchor
    mine, raw_wh = s[1, :, 1, 2], values[1, 2:4, 1, 2]
    squared = dialect == "wongkinyiu"
    centre = (2 * mine[:2] - 0.5 if squared else mine[:2]) + (2, 1)
    size = (2 * mine[2:4]) ** 2 if squared else np.exp(raw_wh)
    close(row[:4] * (32, 16, 32, 16), np.concatenate([centre * 8, size * (10, 12)]))
    close(row[4:], np.concatenate([mine[4:5], mine[5:] * mine[4]]))
    found = run_model(build_onnx(graph, weights_of(graph)), images=numbers(1, 3, 16, 32))["detections"]
    close(found, decode(graph, torch_heads(graph, weights_of(graph), numbers(1, 3, 16, 32))))


@pytest.mark.parametrize(
    ("path", "heads", "strides"),
    [("x.cfg", 5, (8, 16, 32, 64, 128)), ("yolov4-tiny.cfg", 2, (32, 16)), ("my-fpn.cfg", 3, (32, 16, 8)),
     ("yolov3/x.cfg", 1, (8,))],
)  # fmt: skip
def test_strides_go_by_the_heads_place_and_the_files_name(path: str, heads: int, strides: tuple[int, ...]) -> None:
    text = "[net]\nwidth=64\nheight=64\n\n" + (their_conv(14, stride=2) + section("yolo", **HEAD)) * heads
    graph = build_graph(parse_cfg(text, path), (4096, 4096), dialect="wongkinyiu")
    assert tuple(head.metadata["stride"] for head in graph.heads) == strides


def test_a_stride_that_is_not_the_networks_is_told() -> None:
    graph = read_as_theirs(THEIR_HEAD.replace("stride=8", "stride=16"))
    assert "has 2x1 cells, which do not match the stride of 8 pixels" in graph.notices[0].message


@pytest.mark.parametrize(
    ("change", "message"),
    [("mask", "mask: is missing"), ("anchors", "anchors: is missing"), ("classes", "classes: is missing")],
)
def test_wongkinyius_readers_need_every_option(change: str, message: str) -> None:
    options = {key: value for key, value in HEAD.items() if key != change}
    with pytest.raises(OptionError, match=message):
        read_as_theirs("[net]\nwidth=32\nheight=16\n\n" + their_conv(14, stride=8) + section("yolo", **options))


def test_jde_is_refused_by_name() -> None:
    with pytest.raises(GraphError, match=r"\[jde\] is not supported"):
        read_as_theirs(PICTURE + their_conv(14) + "[jde]\n")
