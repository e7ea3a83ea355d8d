"""Partial residual network heads (PRN, ICCVW 2019, https://github.com/WongKinYiu/PartialResidualNetworks).

Scales are joined by shortcuts that add as many channels as both have, instead of by concatenations.
"""

from __future__ import annotations

from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.boxes import TINY, Boxes
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.parts import HeadChoice


def prn(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """PRN: heads at strides 32 and 16, with YOLOv3-tiny's six anchors."""
    coarse = _coarse(net, features.c5)
    boxes.detect(net, (3, 4, 5))
    _finer(net, coarse, features.c4)
    boxes.detect(net, (1, 2, 3))


def prn_3l(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """PRN with a third head, at stride 8, and nine anchors. The paper calls it PRN-3l and PRN (31)."""
    coarse = _coarse(net, features.c5)
    boxes.detect(net, (6, 7, 8))
    coarse = _finer(net, coarse, features.c4)
    boxes.detect(net, (3, 4, 5))
    _finer(net, coarse, features.c3)
    boxes.detect(net, (0, 1, 2))


def _coarse(net: Composer, c5: Feature) -> Feature:
    narrow = net.conv(256, source=c5)
    deep = net.conv(256, 3)
    net.shortcut(narrow, activation=net.activation)
    return deep


def _finer(net: Composer, coarse: Feature, lateral: Feature) -> Feature:
    """Upsample `coarse` to the lateral feature's size, and add the lateral before and after a 3x3 convolution."""
    net.conv(128, source=coarse)
    above = net.upsample()
    net.shortcut(lateral, activation=net.activation)
    deep = net.conv(128, 3)
    net.shortcut(above, activation=net.activation)
    net.shortcut(lateral, activation=net.activation)
    return deep


PRN = HeadChoice("prn", "PRN", prn, TINY, "The head is the published one.")
PRN_3L = HeadChoice(
    "prn-3l",
    "PRN-3l",
    prn_3l,
    note="The third head is unpublished; it follows the pattern of the second and matches the printed increments.",
)
HEADS = (PRN, PRN_3L)
