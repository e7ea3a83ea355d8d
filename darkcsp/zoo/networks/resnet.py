"""ResNet and ResNeXt as in Darknet.

They have no projection: if a block changes the picture's size or channels, its shortcut adds the part that fits.
AlexeyAB's Darknet refuses such shortcuts; pjreddie's runs them.
"""

from __future__ import annotations

from collections.abc import Callable

from darkcsp.zoo.blocks import Block, Pyramid, basic_residual, bottleneck, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import AUTHORS, IN_PROGRESS, published_classifier
from darkcsp.zoo.parts import BackboneChoice
from darkcsp.zoo.recipe import Recipe, classify_before_pooling


def stem(net: Composer, pool: int = 2) -> Feature:
    """A 7x7 convolution and pooling, to stride 4."""
    net.conv(64, 7, 2)
    return net.maxpool(pool, 2)


def resnet10(net: Composer) -> Pyramid:
    """ResNet-10: one block of two 3x3 convolutions in each stage."""
    stem(net)
    return Pyramid.of(basic_residual(width, 1 if width == 64 else 2)(net, net.last) for width in (64, 128, 256, 512))


def resnet50(net: Composer) -> Pyramid:
    """ResNet-50."""
    return _depth50(net, lambda width, stride: bottleneck(width, 4 * width, stride=stride))


def resnext50(net: Composer) -> Pyramid:
    """ResNeXt-50, 32 groups."""
    return _depth50(net, lambda width, stride: bottleneck(2 * width, 4 * width, groups=32, stride=stride))


def _depth50(net: Composer, block: Callable[[int, int], Block]) -> Pyramid:
    x = stem(net)
    features = []
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        x = block(width, 1 if width == 64 else 2)(net, x)
        x = repeat(block(width, 1), blocks - 1)(net, x)
        features.append(x)
    return Pyramid(*features[1:])


FAMILY = Family(
    (
        published_classifier("resnet10", "ResNet-10", resnet10, {"subdivisions": 1}),
        Entry(
            "resnet50",
            "ResNet-50",
            Recipe(resnet50, 256, tail=classify_before_pooling),
            "exact",
            "The authors' cfg has the classifier's convolution before the pooling, which costs 0.26 BFLOPs more than "
            "the printed 9.74. Their resnet50-leaky, which pools first, costs exactly that.",
            f"{AUTHORS}/resnet50.cfg",
        ),
        Entry(
            "resnet50-leaky",
            "ResNet-50",
            Recipe(resnet50, 256, training={"subdivisions": 1}),
            "exact",
            "As resnet50, but the classifier's convolution comes after the pooling.",
            f"{IN_PROGRESS}/darknet/icfg/resnet50-leaky.cfg",
        ),
        published_classifier("resnext50", "ResNeXt-50", resnext50),
    ),
    backbones={
        "resnet10": BackboneChoice(resnet10),
        "resnet50": BackboneChoice(resnet50),
        "resnext50": BackboneChoice(resnext50),
    },
)
