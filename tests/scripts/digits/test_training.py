from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.cfg import parse_cfg
from darkcsp.decode import decode as decode_rows
from darkcsp.graph import Graph, build_graph
from darkcsp.to_torch import Network
from scripts.digits.anchors import kmeans_anchors, size_iou
from scripts.digits.boxes import ciou, decode, pairwise_iou
from scripts.digits.loss import YoloLoss
from scripts.digits.optimise import MovingAverage, make_optimiser, rate_factor, start_heads
from tests.single import conv, section


def down(filters: int) -> str:
    """Half the size."""
    return conv(filters, stride=2, batch_normalize=1, activation="leaky")


ANCHORS = "10,14,20,30,30,50"
TINY = (
    section("net", width=64, height=64, channels=3)
    + down(16) + down(16) + down(32) + conv(14, size=1) + section("yolo", mask="0,1", anchors=ANCHORS, classes=2, num=3)
    + section("route", layers=-3) + down(32) + conv(7, size=1)
    + section("yolo", mask=2, anchors=ANCHORS, classes=2, num=3)
)  # fmt: skip
"""Two heads, for digits of two kinds and three sizes."""


@pytest.fixture
def graph() -> Graph:
    return build_graph(parse_cfg(TINY, "tiny.cfg"))


def toy_batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Bright and dark rectangles on grey."""
    rng = np.random.default_rng(0)
    images = np.full((8, 3, 64, 64), 0.5, np.float32)
    boxes, classes = np.zeros((8, 2, 4), np.float32), np.zeros((8, 2), np.int64)
    for row in range(8):
        for number in range(1 + row % 2):
            w, h = rng.integers(10, 26), rng.integers(14, 44)
            x, y = rng.integers(0, 32 - w) + 32 * number, rng.integers(0, 64 - h)
            classes[row, number] = rng.integers(2)
            images[row, :, y : y + h, x : x + w] = float(classes[row, number])
            boxes[row, number] = (x, y, x + w, y + h)
    return torch.from_numpy(images), torch.from_numpy(boxes), torch.from_numpy(classes)


def test_a_tiny_network_learns_a_batch_by_heart(graph: Graph) -> None:
    torch.manual_seed(0)
    network = Network(graph).train()
    start_heads(network)
    loss, optimiser, average = YoloLoss(graph), make_optimiser(network, 5e-3, 0.0), MovingAverage(network, 0.9)
    images, boxes, classes = toy_batch()
    course = []
    for _ in range(150):
        parts = loss(network(images), boxes, classes)
        optimiser.zero_grad()
        parts.total.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        average.update(network)
        course.append(float(parts.total.detach()))
    assert course[-1] < 0.15 * course[0]
    with torch.inference_mode():
        rows = decode_rows(graph, [tensor.numpy() for tensor in average.network(images)])
    for row in range(8):
        best = rows[row, rows[row, :, 4].argmax()]
        found = torch.tensor([[*(best[:2] - best[2:4] / 2), *(best[:2] + best[2:4] / 2)]])[None] * 64
        iou = pairwise_iou(found, boxes[row : row + 1])[0, 0]
        assert iou.max() > 0.6
        assert best[5:].argmax() == classes[row, int(iou.argmax())]


def test_boxes_are_decoded_as_the_detector_does(graph: Graph) -> None:
    torch.manual_seed(1)
    raw = [torch.randn(2, head.input.c, head.input.h, head.input.w) for head in graph.heads]
    loss = YoloLoss(graph)
    values = torch.cat([loss._rows(head, tensor) for head, tensor in zip(loss.heads, raw, strict=True)], 1)
    mine = decode(values[..., :4], loss.cells) / 64
    theirs = decode_rows(graph, [tensor.numpy() for tensor in raw])
    corners = np.concatenate([theirs[..., :2] - theirs[..., 2:4] / 2, theirs[..., :2] + theirs[..., 2:4] / 2], 2)
    for picture in range(2):  # the order of rows is another
        first = sorted(map(tuple, np.round(mine[picture].numpy(), 4).tolist()))
        second = sorted(map(tuple, np.round(corners[picture], 4).tolist()))
        np.testing.assert_allclose(first, second, atol=2e-4)


def test_the_cell_of_the_centre_and_the_fitting_anchor_are_responsible(graph: Graph) -> None:
    loss = YoloLoss(graph, assign=0.99)
    boxes = torch.tensor([[[20.0, 10, 30, 24], [0, 0, 0, 0]], [[30.0, 5, 60, 55], [0, 0, 20, 30]]])
    picture, row, truth = loss.responsible(boxes)
    placed = {(int(p), int(t)): int(r) for p, r, t in zip(picture, row, truth, strict=True)}
    # 8 x 8 cells of 8 pixels and two anchors, then 4 x 4 cells of 16 pixels and one.
    assert placed == {(0, 0): 2 * 8 + 3, (1, 0): 128 + 1 * 4 + 2, (1, 1): 64 + 1 * 8 + 1}


def test_every_anchor_that_fits_is_responsible(graph: Graph) -> None:
    _, row, _ = YoloLoss(graph, assign=0.01).responsible(torch.tensor([[[20.0, 10, 30, 24]]]))
    assert row.tolist() == [2 * 8 + 3, 64 + 2 * 8 + 3, 128 + 1 * 4 + 1]


def test_ciou_of_known_boxes() -> None:
    same = torch.tensor([[0.0, 0, 10, 20]])
    assert ciou(same, same).item() == pytest.approx(1, abs=1e-6)
    moved = torch.tensor([[5.0, 0, 15, 20]])
    assert ciou(moved, same).item() == pytest.approx(1 / 3 - 25 / (15**2 + 20**2), abs=1e-6)
    square = torch.tensor([[-5.0, 0, 15, 20]])
    shape = 4 / math.pi**2 * (math.atan(0.5) - math.atan(1)) ** 2
    assert ciou(square, same).item() == pytest.approx(0.5 - shape**2 / (0.5 + shape), abs=1e-6)


def test_pictures_without_boxes_have_a_loss(graph: Graph) -> None:
    raw = [torch.zeros(1, head.input.c, head.input.h, head.input.w, requires_grad=True) for head in graph.heads]
    parts = YoloLoss(graph)(raw, torch.zeros(1, 1, 4), torch.zeros(1, 1, dtype=torch.int64))
    parts.total.backward()  # type: ignore[no-untyped-call]
    assert parts.total.item() == pytest.approx(math.log(2) * (2 * 64 + 16), rel=1e-5)
    assert parts.box.item() == parts.classes.item() == 0


def test_kmeans_finds_clusters() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[10, 14], [30, 20], [40, 90]])
    sizes = (centres[rng.integers(0, 3, 300)] + rng.normal(0, 0.5, (300, 2))).astype(np.float64)
    assert kmeans_anchors(sizes, 3) == ((10, 14), (30, 20), (40, 90))
    with pytest.raises(ValueError, match="3 anchors need at least as many different"):
        kmeans_anchors(np.ones((5, 2)), 3)


def test_size_iou() -> None:
    result = size_iou(np.array([[2.0, 4.0]]), np.array([[2.0, 4.0], [4.0, 2.0]]))
    assert result.tolist() == [[1, pytest.approx(4 / 12)]]


def test_the_rate_rises_then_falls() -> None:
    factors = [rate_factor(step / 1000) for step in range(1001)]
    peak = factors.index(max(factors))
    assert max(factors) == pytest.approx(1) and peak == 30 and factors[-1] == pytest.approx(0.01)
    assert all(a <= b for a, b in pairwise(factors[: peak + 1]))
    assert all(a >= b for a, b in pairwise(factors[peak:]))


def test_the_average_follows(graph: Graph) -> None:
    network = Network(graph)
    average = MovingAverage(network, decay=0.5)
    name = "layers.L000_convolutional.conv.weight"
    target = average.network.get_parameter(name).clone() + 1
    with torch.no_grad():
        network.get_parameter(name).add_(1)
    for _ in range(400):
        average.update(network)
    torch.testing.assert_close(average.network.get_parameter(name).data, target)
