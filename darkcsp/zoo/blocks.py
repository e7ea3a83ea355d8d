"""Building blocks for backbones and heads. A block takes the composer and a feature, and returns a feature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from darkcsp.zoo.composer import Composer, Feature

Block = Callable[[Composer, Feature], Feature]
"""Adds sections that read a feature. The result has the same stride."""


class Pyramid(NamedTuple):
    """The result of a backbone, for a detection head to read: its last features at strides 8, 16 and 32."""

    c3: Feature
    c4: Feature
    c5: Feature

    @classmethod
    def of(cls, features: Iterable[Feature]) -> Pyramid:
        """Take the last feature at each stride."""
        last = {feature.stride: feature for feature in features}
        return cls(last[8], last[16], last[32])


def repeat(block: Block, count: int) -> Block:
    """Chain `count` copies of a block."""

    def repeated(net: Composer, x: Feature) -> Feature:
        for _ in range(count):
            x = block(net, x)
        return x

    return repeated


def darknet_residual(hidden: int) -> Block:
    """YOLOv3's residual block: a 1x1 convolution to `hidden` channels, a 3x3 back, and a linear shortcut."""

    def block(net: Composer, x: Feature) -> Feature:
        net.conv(hidden, source=x)
        net.conv(x.channels, 3)
        return net.shortcut(x)

    return block


def basic_residual(width: int, stride: int = 1) -> Block:
    """ResNet's block of two 3x3 convolutions."""

    def block(net: Composer, x: Feature) -> Feature:
        net.conv(width, 3, stride, source=x)
        net.conv(width, 3, activation="linear")
        return net.shortcut(x, activation=net.activation)

    return block


def bottleneck(hidden: int, width: int, *, groups: int = 1, stride: int = 1) -> Block:
    """ResNet's block of 1x1, 3x3 and 1x1 convolutions, or ResNeXt's if it has groups."""

    def block(net: Composer, x: Feature) -> Feature:
        bottleneck_path(hidden, width, groups=groups, stride=stride)(net, x)
        return net.shortcut(x, activation=net.activation)

    return block


def bottleneck_path(hidden: int, width: int, *, groups: int = 1, stride: int = 1) -> Block:
    """A bottleneck without its shortcut."""

    def block(net: Composer, x: Feature) -> Feature:
        net.conv(hidden, source=x)
        net.conv(hidden, 3, stride, groups=groups)
        return net.conv(width, activation="linear")

    return block


def elastic(branch: Block, *, activation: str | None = None, sliced: bool = True) -> Block:
    """Two concatenated branches at two resolutions, with a shortcut (ELASTIC, CVPR 2019).

    Args:
        branch: the block for both branches; each gives half the channels.
        activation: of the shortcut; None for the network's activation.
        sliced: True if each branch reads its own half of the channels, False if both read all of them.
    """

    def block(net: Composer, x: Feature) -> Feature:
        high = branch(net, net.group(x, 2, 0) if sliced else x)
        coarse = net.maxpool(2, 2, net.group(x, 2, 1) if sliced else x)
        low = net.upsample(2, branch(net, coarse))
        net.route(high, low)
        return net.shortcut(x, activation=activation or net.activation)

    return block


def squeeze_excite(net: Composer, x: Feature, hidden: int) -> Feature:
    """Scale the channels of x by the output of a small network on their averages (SENet)."""
    net.avgpool(x)
    net.conv(hidden, normalize=False)
    net.conv(x.channels, normalize=False, activation="logistic")
    return net.scale_channels(x)


def dense_layer(growth: int, bottleneck: int | None = None) -> Block:
    """x concatenated with `growth` new channels, from a 3x3 convolution after an optional 1x1 to `bottleneck`."""

    def block(net: Composer, x: Feature) -> Feature:
        net.at(x)
        if bottleneck is not None:
            net.conv(bottleneck)
        return net.route(x, net.conv(growth, 3))

    return block


def two_way_branches(growth: int, bottleneck: int, *, groups: int = 1) -> Block:
    """PeleeNet's new channels: half after one 3x3 convolution, half after two."""

    def block(net: Composer, x: Feature) -> Feature:
        net.conv(bottleneck, source=x, groups=groups)
        near = net.conv(growth // 2, 3, groups=groups)
        net.conv(bottleneck, source=x, groups=groups)
        net.conv(growth // 2, 3, groups=groups)
        far = net.conv(growth // 2, 3, groups=groups)
        return net.route(near, far)

    return block


def two_way_dense_layer(growth: int, bottleneck: int, *, groups: int = 1, squeeze: int | None = None) -> Block:
    """x concatenated with PeleeNet's new channels; `squeeze` adds squeeze-and-excite of that width to the new ones."""
    branches = two_way_branches(growth, bottleneck, groups=groups)

    def block(net: Composer, x: Feature) -> Feature:
        new = branches(net, x)
        if squeeze is not None:
            new = squeeze_excite(net, new, squeeze)
        return net.route(x, new)

    return block


def spatial_pyramid(net: Composer, x: Feature) -> Feature:
    """SPP: x concatenated with its maxima over 5x5, 9x9 and 13x13 windows."""
    pooled = [net.maxpool(size, 1, x) for size in (5, 9, 13)]
    return net.route(*reversed(pooled), x)


def alternate(net: Composer, width: int, count: int) -> Feature:
    """Add `count` pairs of a 1x1 convolution to `width` and a 3x3 to twice that. Returns the last 1x1."""
    narrow = net.last
    for _ in range(count):
        narrow = net.conv(width)
        net.conv(2 * width, 3)
    return narrow
