"""Boxes of every kind of head, held against Darknet's arithmetic box by box, and against converted models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp
from pathlib import Path

import numpy as np
import pytest

from darkcsp.decode import decode
from darkcsp.decode.region import narrowest, tree_products
from darkcsp.decode.registry import decode_head
from darkcsp.errors import ArgumentError, GraphError, UnsupportedLayerError
from darkcsp.graph import Graph, build_graph
from darkcsp.layers.detection import Detection
from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.layers.region import Region
from darkcsp.layers.yolo import Yolo
from darkcsp.spec.tree import Tree
from darkcsp.to_onnx import build_onnx
from tests.heads import HEADS, head_cfg, write_head_cfg
from tests.networks import DETECTOR, graph_of, weights_of
from tests.reference import Array
from tests.running import run_model

Row = list[float]


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def softmax(values: Row) -> Row:
    e = [exp(value - max(values)) for value in values]
    return [value / sum(e) for value in e]


def yolo_box(spec: Yolo, network: tuple[int, ...], column: int, row: int, n: int, x: Row) -> Row:
    _, h, w = spec.input
    place = (lambda v: v) if spec.new_coords else logistic
    cx, cy = (place(v) * spec.scale_x_y - 0.5 * (spec.scale_x_y - 1) for v in x[:2])
    grow = (lambda v: 4 * v * v) if spec.new_coords else exp
    size = [grow(v) * anchor / side for v, anchor, side in zip(x[2:4], spec.anchors[n], network[:0:-1], strict=True)]
    objectness, *classes = (place(v) for v in x[4:])
    return [(column + cx) / w, (row + cy) / h, *size, objectness, *(objectness * v for v in classes)]


def gaussian_box(spec: GaussianYolo, network: tuple[int, ...], column: int, row: int, n: int, x: Row) -> Row:
    _, h, w = spec.input
    cx, cy = (logistic(v) * spec.scale_x_y - 0.5 * (spec.scale_x_y - 1) for v in (x[0], x[2]))
    width = exp(x[4]) * spec.anchors[n][0] / network[2]
    height = exp(x[6]) * spec.anchors[n][1] / network[1]
    certainty = 1 - sum(logistic(v) for v in x[1:8:2]) / 4
    objectness, *classes = (logistic(v) for v in x[8:])
    left, top = (column + cx) / w + spec.to_centre * width, (row + cy) / h + spec.to_centre * height
    return [left, top, width, height, objectness, *(objectness * v * certainty for v in classes)]


def region_box(spec: Region, network: tuple[int, ...], column: int, row: int, n: int, x: Row) -> Row:
    _, h, w = spec.input
    box = [(column + logistic(x[0])) / w, (row + logistic(x[1])) / h]
    box += [exp(x[2]) * spec.anchors[n][0] / w, exp(x[3]) * spec.anchors[n][1] / h]
    objectness, classes = logistic(x[spec.coords]), x[spec.coords + 1 :]
    if spec.background:
        return [*box, 1.0, *softmax(x[spec.coords :])[1:]]
    if spec.tree:
        assert spec.tree.tree
        classes = tree_classes(spec.tree.tree, classes)
    elif spec.softmax:
        classes = softmax(classes)
    elif spec.logistic_classes:
        classes = [logistic(v) for v in classes]
    if spec.drops_doubtful and objectness < 0.5:
        objectness = 0
    return [*box, objectness, *(objectness * v for v in classes)]


def tree_classes(tree: Tree, x: Row) -> Row:
    for group in tree.groups:
        for number, value in zip(group, softmax([x[number] for number in group]), strict=True):
            x[number] = value
    for number, parent in enumerate(tree.parents):
        if parent >= 0:
            x[number] *= x[parent]
    best = max((number for number, value in enumerate(x) if value > 0.5), default=-1)
    return [value if number == best else 0.0 for number, value in enumerate(x)]


BOXES: dict[type, Callable[..., Row]] = {Yolo: yolo_box, GaussianYolo: gaussian_box, Region: region_box}


def reference(graph: Graph, raw: Array) -> Iterator[Row]:
    """Rows of one picture, made one by one."""
    (spec,) = graph.heads
    if isinstance(spec, Detection):
        yield from detection_boxes(spec, raw.reshape(-1))
        return
    assert isinstance(spec, (Yolo, GaussianYolo, Region))
    values = raw.reshape(len(spec.anchors), -1, *spec.input[1:])
    for row in range(spec.input.h):
        for column in range(spec.input.w):
            for n in range(len(spec.anchors)):
                yield BOXES[type(spec)](spec, graph.input, column, row, n, values[n, :, row, column].tolist())


def detection_boxes(spec: Detection, raw: Array) -> Iterator[Row]:
    cells = spec.side**2
    for cell in range(cells):
        row, column = divmod(cell, spec.side)
        classes = raw[cell * spec.classes : (cell + 1) * spec.classes].tolist()
        classes = softmax(classes) if spec.softmax else classes
        for n in range(spec.per_cell):
            box = cell * spec.per_cell + n
            objectness = float(raw[cells * spec.classes + box])
            x, y, w, h = raw[cells * (spec.classes + spec.per_cell) + 4 * box :][:4].tolist()
            size = [w * w, h * h] if spec.sqrt else [w, h]
            place = [(x + column) / spec.side, (y + row) / spec.side]
            yield [*place, *size, objectness, *(objectness * v for v in classes)]


@pytest.mark.parametrize("kind", HEADS)
def test_boxes_are_darknets(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    (head,) = graph.heads
    raw = np.random.default_rng(1).standard_normal((2, *head.input)).astype(np.float32) * 2
    boxes = decode(graph, [raw])
    assert boxes.dtype == np.float32
    assert boxes.shape == (2, head.boxes, 5 + head.classes)
    for picture in range(2):
        np.testing.assert_allclose(boxes[picture], list(reference(graph, raw[picture])), rtol=2e-6, atol=1e-6)


def run_decoded(graph: Graph, pictures: Array) -> tuple[list[Array], Array]:
    """Raw heads and detections of a converted model."""
    taps = sorted(graph.raw_outputs)
    model = build_onnx(graph, weights_of(graph, 3), taps=taps, batch=None)
    found = run_model(model, images=pictures)
    return [found[f"layer_{index:03d}"] for index in taps], found["detections"]


def assert_close(got: Array, want: Array) -> None:
    """To a millionth; of the size where something is larger than the picture."""
    assert got.shape == want.shape
    assert float((np.abs(got - want) / np.maximum(np.abs(want), 1)).max()) <= 1e-6


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("kind", HEADS)
def test_models_decode_alike(kind: str, batch: int, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    pictures = np.random.default_rng(batch).random((batch, *graph.input), np.float32)
    raw, detections = run_decoded(graph, pictures)
    assert_close(decode(graph, raw), detections)


def test_several_heads_stand_one_behind_the_other() -> None:
    graph = graph_of(DETECTOR)
    raw, detections = run_decoded(graph, np.random.default_rng(0).random((2, *graph.input), np.float32))
    boxes = decode(graph, raw)
    assert_close(boxes, detections)
    first = graph.heads[0]
    np.testing.assert_array_equal(boxes[:, : first.boxes], decode_head(first, graph.input, raw[0]))


def test_large_numbers_saturate_quietly() -> None:
    graph = graph_of(head_cfg("yolo"))
    raw = np.full((1, *graph.heads[0].input), -200, np.float32)
    raw[0, [2, 4]] = 200
    with np.errstate(all="raise", under="ignore"):
        boxes = decode(graph, [raw])
    assert set(boxes[0, :, 4].tolist()) == {0.0, 1.0}
    assert set(boxes[0, :, 2].tolist()) == {0.0, np.inf}


def test_input_is_left_alone() -> None:
    graph = graph_of(head_cfg("yolo"))
    raw = np.random.default_rng(0).random((1, *graph.heads[0].input), np.float32)
    before = raw.copy()
    decode(graph, [raw])
    np.testing.assert_array_equal(raw, before)


def test_the_narrowest_class_is_the_last_above_a_half() -> None:
    rows = np.array([[0.9, 0.6, 0.55, 0.1], [0.5, 0.2, 0.1, 0.3], [0.2, 0.7, 0.1, 0.4]], np.float32)
    want = np.array([[0, 0, 0.55, 0], [0, 0, 0, 0], [0, 0.7, 0, 0]], np.float32)
    np.testing.assert_array_equal(narrowest(rows), want)


def test_products_reach_the_root_of_a_deep_tree() -> None:
    depth = 21
    tree = Tree(tuple(map(str, range(depth))), tuple(range(-1, depth - 1)))
    products = tree_products(tree, np.full((1, depth), 0.5, np.float32))
    np.testing.assert_allclose(products[0], 0.5 ** np.arange(1, depth + 1), rtol=1e-6)


def test_another_number_of_arrays_is_refused() -> None:
    graph = graph_of(DETECTOR)
    with pytest.raises(ArgumentError, match=r"x\.cfg: has 2 detection heads, but 1 arrays were passed"):
        decode(graph, [np.zeros((1, 14, 8, 8))])


def test_an_array_of_another_shape_is_refused() -> None:
    graph = graph_of(head_cfg("yolo"))
    with pytest.raises(
        ArgumentError, match=r"\[yolo\] layer 1 expects an array of shape \(N, 21, 3, 5\), not \(1, 21, 3\)"
    ):
        decode(graph, [np.zeros((1, 21, 3))])


def test_a_network_without_heads_is_refused() -> None:
    graph = graph_of("[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\n")
    with pytest.raises(ArgumentError, match="has 0 detection heads"):
        decode(graph, [])


def test_heads_with_different_classes_are_refused() -> None:
    graph = graph_of(DETECTOR.replace("filters=7", "filters=8").replace("mask=2\n", "mask=2\nclasses=3\n"))
    with pytest.raises(GraphError, match=r"classes=3, but .* has 2; heads must agree"):
        decode(graph, [np.zeros((1, *head.input)) for head in graph.heads])


def test_a_missing_tree_is_named() -> None:
    graph = graph_of(head_cfg("region_tree"))
    with pytest.raises(UnsupportedLayerError, match=r"NumPy: tree=data/small.tree was not found"):
        decode(graph, [np.zeros((1, *graph.heads[0].input))])
