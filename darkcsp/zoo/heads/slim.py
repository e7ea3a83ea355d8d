"""Two scales of YOLOv3 at PRN's widths: the PRN authors' baselines, reconstructed from printed figures."""

from __future__ import annotations

from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.boxes import TINY, Boxes
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.parts import HeadChoice


def fpn_slim(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """Two scales of YOLOv3 at PRN's widths: the PRN authors' Pelee-FPN, reconstructed from its printed figures."""
    _slim(net, features, boxes)


def yolov3_slim(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """`fpn_slim` with one more pair of convolutions at stride 16: the PRN authors' Pelee-YOLOv3, reconstructed."""
    _slim(net, features, boxes, pairs=1)


def _slim(net: Composer, features: Pyramid, boxes: Boxes, *, pairs: int = 0) -> None:
    net.conv(256, source=features.c5)
    deep = net.conv(256, 3)
    boxes.detect(net, (3, 4, 5))
    net.conv(128, source=deep)
    net.route(net.upsample(), features.c4)
    net.conv(128, 3)
    for _ in range(pairs):
        net.conv(128)
        net.conv(128, 3)
    boxes.detect(net, (1, 2, 3))


NOTE = "Fitted: the head, to the figures printed by the PRN authors."
FPN_SLIM = HeadChoice("fpn-slim", "FPN", fpn_slim, TINY, NOTE)
YOLOV3_SLIM = HeadChoice("yolov3-slim", "YOLO", yolov3_slim, TINY, NOTE)
HEADS = (FPN_SLIM, YOLOV3_SLIM)
