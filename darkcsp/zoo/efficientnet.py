"""EfficientNet-B0 as the authors have it in Darknet. It is meant for swish."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.zoo.blocks import Pyramid, squeeze_excite
from darkcsp.zoo.composer import Composer, Feature


class Block(NamedTuple):
    """One inverted residual with squeeze-and-excite.

    Attributes:
        size: of the depthwise kernel.
        expanded: channels inside.
        squeezed: channels of the squeeze.
        width: channels out.
        stride: of the depthwise convolution.
        repeats: how many; those of stride 1 that keep the width have a shortcut.
    """

    size: int
    expanded: int
    squeezed: int
    width: int
    stride: int = 1
    repeats: int = 1


BLOCKS = (
    Block(3, 32, 8, 16),
    Block(3, 96, 16, 24, 2),
    Block(3, 144, 8, 24),
    Block(5, 144, 8, 40, 2),
    Block(5, 192, 16, 40),
    Block(3, 192, 16, 80),
    Block(3, 384, 24, 80, repeats=2),
    Block(5, 384, 24, 112, 2),
    Block(5, 576, 32, 112, repeats=2),
    Block(5, 576, 32, 192, 2),
    Block(5, 960, 64, 192, repeats=3),
    Block(3, 960, 64, 320),
)


def efficientnet_b0(net: Composer) -> Pyramid:
    """EfficientNet-B0 up to its last 1x1 convolution."""
    net.conv(32, 3, 2)
    features = [_mbconv(net, block) for block in BLOCKS for _ in range(block.repeats)]
    return Pyramid.of([*features, net.conv(1280)])


def _mbconv(net: Composer, block: Block) -> Feature:
    x = net.last
    net.conv(block.expanded)
    deep = net.conv(block.expanded, block.size, block.stride, groups=block.expanded)
    squeeze_excite(net, deep, block.squeezed)
    net.conv(block.width, activation="linear")
    if block.stride == 1 and block.width == x.channels:
        net.dropout(0.2)
        net.shortcut(x)
    return net.last
