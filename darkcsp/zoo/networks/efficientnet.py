"""EfficientNet-B0 as in the authors' Darknet cfg. Its activation is swish."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.zoo.blocks import Pyramid, squeeze_excite
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import AUTHORS
from darkcsp.zoo.parts import BackboneChoice
from darkcsp.zoo.recipe import Recipe, classify_with_dropout
from darkcsp.zoo.training import EFFICIENTNET


class Run(NamedTuple):
    """A run of equal inverted residuals with squeeze-and-excite.

    Attributes:
        size: of the depthwise kernel.
        expanded: channels inside.
        squeezed: channels of the squeeze.
        width: channels out.
        stride: of the depthwise convolution.
        repeats: number of blocks; those with stride 1 that keep the width have a shortcut.
    """

    size: int
    expanded: int
    squeezed: int
    width: int
    stride: int = 1
    repeats: int = 1


RUNS = (
    Run(3, 32, 8, 16),
    Run(3, 96, 16, 24, 2),
    Run(3, 144, 8, 24),
    Run(5, 144, 8, 40, 2),
    Run(5, 192, 16, 40),
    Run(3, 192, 16, 80),
    Run(3, 384, 24, 80, repeats=2),
    Run(5, 384, 24, 112, 2),
    Run(5, 576, 32, 112, repeats=2),
    Run(5, 576, 32, 192, 2),
    Run(5, 960, 64, 192, repeats=3),
    Run(3, 960, 64, 320),
)


def efficientnet_b0(net: Composer) -> Pyramid:
    """EfficientNet-B0 up to its last 1x1 convolution."""
    net.conv(32, 3, 2)
    features = [_mbconv(net, run) for run in RUNS for _ in range(run.repeats)]
    return Pyramid.of([*features, net.conv(1280)])


def _mbconv(net: Composer, run: Run) -> Feature:
    x = net.last
    net.conv(run.expanded)
    deep = net.conv(run.expanded, run.size, run.stride, groups=run.expanded)
    squeeze_excite(net, deep, run.squeezed)
    net.conv(run.width, activation="linear")
    if run.stride == 1 and run.width == x.channels:
        net.dropout(0.2)
        net.shortcut(x)
    return net.last


FAMILY = Family(
    (
        Entry(
            "enetb0",
            "EfficientNet-B0",
            Recipe(efficientnet_b0, 224, tail=classify_with_dropout, activation="swish", training=EFFICIENTNET),
            "exact",
            published=f"{AUTHORS}/enetb0.cfg",
        ),
    ),
    backbones={"enetb0": BackboneChoice(efficientnet_b0, "swish")},
)
