"""Darknet's own backbones, and their cross stage partial forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, darknet_residual, elastic, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, csp_stage


class Stage(NamedTuple):
    """One stage of DarkNet-53: output channels and number of blocks."""

    width: int
    blocks: int


STAGES = (Stage(64, 1), Stage(128, 2), Stage(256, 8), Stage(512, 8), Stage(1024, 4))


def reference(net: Composer) -> Pyramid:
    """Darknet Reference: 3x3 convolutions with a pooling between each two, up to 1024 channels at stride 64."""
    features = []
    for width in (16, 32, 64, 128, 256, 512):
        features.append(net.conv(width, 3))
        net.maxpool(2, 2)
    net.conv(1024, 3)
    return Pyramid.of(features)


def tiny(net: Composer, *, partial: bool = False) -> Pyramid:
    """The backbone of YOLOv3-tiny: Darknet Reference that stays at stride 32.

    `partial` is that of YOLOv3-tiny-PRN: a narrower last convolution, with a shortcut.
    """
    features = []
    for width in (16, 32, 64, 128, 256):
        features.append(net.conv(width, 3))
        net.maxpool(2, 2)
    before = net.conv(512, 3)
    net.maxpool(2, 1)
    last = net.conv(512 if partial else 1024, 3)
    if partial:
        last = net.shortcut(before, activation=net.activation)
    return Pyramid(features[3], features[4], last)


def darknet53(net: Composer) -> Pyramid:
    """DarkNet-53: a 3x3 convolution of stride 2 and residual blocks in each of five stages."""
    return _stages(net, lambda stage: repeat(darknet_residual(stage.width // 2), stage.blocks))


def csp_darknet53(net: Composer, gamma: float = 0.5, fusion: Fusion = "both") -> Pyramid:
    """CSPDarkNet-53: blocks of equal width inside and out. The defaults give the authors' cfg."""

    def stage(shape: Stage) -> Block:
        split = Split.by_share(gamma, 2 * _inner(shape))
        hidden = split.inner // 2 if shape is STAGES[0] else split.inner
        blocks = repeat(darknet_residual(hidden), shape.blocks)
        return csp_stage(blocks, split=split, fusion=fusion, output=shape.width)

    return _stages(net, stage)


def csp_darknet53_elastic(net: Composer) -> Pyramid:
    """CSPDarkNet-53-Elastic: each block has two branches, at two resolutions."""

    def stage(shape: Stage) -> Block:
        inner = _inner(shape)
        blocks = repeat(elastic(_branch, activation="linear"), shape.blocks)
        return csp_stage(blocks, split=Split(inner, inner), output=shape.width)

    return _stages(net, stage)


def _inner(stage: Stage) -> int:
    """Width inside a stage: half of it, but for the first."""
    return max(stage.width // 2, 64)


def _branch(net: Composer, x: Feature) -> Feature:
    net.conv(x.channels, source=x)
    return net.conv(x.channels, 3)


def _stages(net: Composer, block: Callable[[Stage], Block]) -> Pyramid:
    x = net.conv(32, 3)
    features = []
    for stage in STAGES:
        x = block(stage)(net, net.conv(stage.width, 3, 2))
        features.append(x)
    return Pyramid(*features[2:])
