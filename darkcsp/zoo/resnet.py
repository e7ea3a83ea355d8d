"""ResNet and ResNeXt as Darknet has them, and their cross stage partial forms.

Darknet's plain forms have no projection: where a block changes the picture's size or channels, its shortcut adds what
fits. AlexeyAB's program refuses those; pjreddie's runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, basic_residual, bottleneck, bottleneck_path, elastic, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, csp_stage


class Stage(NamedTuple):
    """One cross stage partial stage.

    Attributes:
        width: channels of each part and of the blocks.
        blocks: how many.
        activation: of the convolutions that make the parts; None for the network's own.
    """

    width: int
    blocks: int
    activation: str | None


STAGES = (Stage(128, 3, None), Stage(256, 3, "linear"), Stage(512, 5, "linear"), Stage(1024, 2, None))
"""Depth 50: the convolution of stride 2 between stages stands for the first block of the later ones."""

ELASTIC_BLOCKS = (6, 8, 5, 3)
"""Depths of the ELASTIC paper's ResNeXt-50."""


CARD_STAGES = tuple(stage._replace(activation="linear") for stage in STAGES)
"""Of the networks that the model card took over from timm."""


def stem(net: Composer, pool: int = 2) -> Feature:
    """7x7 convolution and pooling, to stride 4."""
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


def csp_resnet50(net: Composer, gamma: float = 0.5, fusion: Fusion = "both") -> Pyramid:
    """CSPResNet-50: blocks as in ResNet-50, at half its width. The defaults give the authors' cfg.

    Its last transitions halve the channels, so fusion "last" leaves twice as many for what follows.
    """
    return _csp(net, lambda width: bottleneck(width // 2, width), gamma=gamma, fusion=fusion, narrow=64)


def csp_resnet50_elastic(net: Composer) -> Pyramid:
    """CSPResNet-50-Elastic."""
    return _csp(net, lambda width: elastic(bottleneck_path(width // 2, width // 2)))


def csp_resnext50(net: Composer, gamma: float = 0.5, fusion: Fusion = "both") -> Pyramid:
    """CSPResNeXt-50: blocks of equal width inside and out. The defaults give the authors' cfg."""

    def block(width: int) -> Block:
        return bottleneck(width, width, groups=32)

    return _csp(net, block, gamma=gamma, fusion=fusion, narrow=64, groups=32, widen=2)


def csp_resnext50_elastic(net: Composer) -> Pyramid:
    """CSPResNeXt-50-Elastic: each branch reads half the channels."""
    return _csp(net, lambda width: elastic(bottleneck_path(width // 2, width // 2, groups=16)), groups=32, widen=2)


def csp_resnext50_plus_elastic(net: Composer) -> Pyramid:
    """CSPResNeXt-50+Elastic, a reconstruction: both branches read all channels, the last stage is plain."""

    def block(width: int) -> Block:
        if width == STAGES[-1].width:
            return bottleneck(width, width, groups=32)
        return elastic(bottleneck_path(width // 2, width // 2, groups=16), sliced=False)

    stages = tuple(stage._replace(blocks=blocks) for stage, blocks in zip(STAGES, ELASTIC_BLOCKS, strict=True))
    return _csp(net, block, stages=stages, groups=32, widen=2)


def csp_resnet50_of_the_card(net: Composer) -> Pyramid:
    """CSPResNet50 of the model card, as the timm library has it: wider first part 2, other pooling, linear parts."""
    return _csp(net, lambda width: bottleneck(width // 2, width), stages=CARD_STAGES, pool=3)


def csp_resnext50_of_the_card(net: Composer) -> Pyramid:
    """CSPResNeXt50 of the model card."""

    def block(width: int) -> Block:
        return bottleneck(width, width, groups=32)

    return _csp(net, block, stages=CARD_STAGES, groups=32, widen=2, pool=3)


def _csp(
    net: Composer,
    block: Callable[[int], Block],
    *,
    stages: tuple[Stage, ...] = STAGES,
    gamma: float = 0.5,
    fusion: Fusion = "both",
    narrow: int | None = None,
    groups: int = 1,
    widen: int = 1,
    pool: int = 2,
) -> Pyramid:
    """Stages of the authors' cfgs.

    Args:
        net: the composer.
        block: makes a stage's block of a width.
        stages: their shapes.
        gamma: share of a stage's channels, twice its width, that bypasses the blocks.
        fusion: where transitions stand.
        narrow: width of part 2 in the first stage, where it differs from that of the blocks.
        groups: of the convolutions of stride 2.
        widen: channels behind a stage, in widths.
        pool: size of the stem's pooling.
    """
    x = stem(net, pool)
    features: list[Feature] = []
    for number, stage in enumerate(stages):
        split = Split.by_share(gamma, 2 * stage.width, multiple=max(groups, 8), activation=stage.activation)
        blocks = repeat(block(split.inner), stage.blocks)
        if number == 0 and narrow is not None:
            split = replace(split, inner=Split.by_share(gamma, 2 * narrow).inner)
        if number:
            x = net.conv(widen * stages[number - 1].width, 3, 2, groups=groups)
        features.append(csp_stage(blocks, split=split, fusion=fusion, output=widen * stage.width)(net, x))
    return Pyramid(*features[1:])


def csp_resnet10(net: Composer) -> Pyramid:
    """CSPResNet-10, a reconstruction."""
    stem(net)
    features = []
    csp_stage(_first_block, split=Split(64, 64), transition=64, output=128)(net, net.last)
    for width in (128, 256, 512):
        half = width // 2
        down = net.conv(half, 3, 2)
        csp_stage(_equal_block, split=Split(half, half), fusion="last" if width == 512 else "both")(net, down)
        features.append(net.last)
    return Pyramid(*features)


def _first_block(net: Composer, x: Feature) -> Feature:
    net.conv(x.channels, source=x)
    net.conv(x.channels, 3)
    net.conv(x.channels, 3, activation="linear")
    return net.shortcut(x, activation=net.activation)


def _equal_block(net: Composer, x: Feature) -> Feature:
    return bottleneck(x.channels, x.channels)(net, x)
