"""Res2NetLite-72: residual blocks whose 3x3 convolutions are chained (Res2Net, TPAMI 2019)."""

from __future__ import annotations

from darkcsp.zoo.blocks import Block, Pyramid, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import AUTHORS
from darkcsp.zoo.parts import BackboneChoice
from darkcsp.zoo.recipe import Recipe

SCALES = 4


def res2netlite72(net: Composer) -> Pyramid:
    """Res2NetLite-72, of three stages."""
    net.conv(32, 3, 2)
    net.maxpool(3, 2)
    features = []
    for width, blocks in ((72, 3), (144, 7), (288, 3)):
        net.conv(width)
        net.conv(width, 3, 2, groups=2)
        x = net.conv(SCALES * width)
        features.append(repeat(_block(width), blocks)(net, x))
    return Pyramid(*features)


def _block(width: int) -> Block:
    """Groups of channels through 3x3 convolutions; from the third on, the previous result is added to the group."""

    def block(net: Composer, x: Feature) -> Feature:
        wide = net.conv(x.channels, source=x)
        results = [net.group(wide, SCALES, 0)]
        for number in range(1, SCALES):
            net.group(wide, SCALES, number)
            if number > 1:
                net.shortcut(results[-1])
            results.append(net.conv(width, 3, groups=2))
        net.route(*results)
        net.conv(x.channels)
        return net.shortcut(x)

    return block


FAMILY = Family(
    (
        Entry(
            "res2netlite72",
            "Res2NetLite-72",
            Recipe(res2netlite72, 224, training={"subdivisions": 2}),
            "exact",
            "The printed BFLOPs include the shortcuts.",
            f"{AUTHORS}/res2netlite72.cfg",
        ),
    ),
    backbones={"res2netlite72": BackboneChoice(res2netlite72)},
)
