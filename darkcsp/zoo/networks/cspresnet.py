"""ResNet and ResNeXt with cross stage partial stages, and the detectors on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, bottleneck, bottleneck_path, elastic, repeat
from darkcsp.zoo.boxes import GIOU, OPTIMAL
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, csp_stage
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import IN_PROGRESS, augmented_classifiers, published_classifier, published_detector
from darkcsp.zoo.heads.panet import panet_spp
from darkcsp.zoo.heads.yolov3 import yolov3
from darkcsp.zoo.networks.resnet import stem
from darkcsp.zoo.parts import BackboneChoice
from darkcsp.zoo.recipe import Recipe


class Stage(NamedTuple):
    """One cross stage partial stage.

    Attributes:
        width: channels of each part and of the blocks.
        blocks: number of blocks.
        activation: of the convolutions that make the parts; None for the network's activation.
    """

    width: int
    blocks: int
    activation: str | None


STAGES = (Stage(128, 3, None), Stage(256, 3, "linear"), Stage(512, 5, "linear"), Stage(1024, 2, None))
"""Depth 50: the stride-2 convolution between stages replaces the first block of the later stages."""

ELASTIC_BLOCKS = (6, 8, 5, 3)
"""Depths of the ELASTIC paper's ResNeXt-50."""


CARD_STAGES = tuple(stage._replace(activation="linear") for stage in STAGES)
"""Stages of the model card's networks, which come from timm."""


def csp_resnet50(net: Composer, gamma: float = 0.5, fusion: Fusion = "both") -> Pyramid:
    """CSPResNet-50: blocks as in ResNet-50, at half its width. The defaults give the authors' cfg.

    The last transitions halve the channels, so fusion "last" passes twice as many on.
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
    """CSPResNeXt-50+Elastic, a reconstruction: both branches read all channels, and the last stage is plain."""

    def block(width: int) -> Block:
        if width == STAGES[-1].width:
            return bottleneck(width, width, groups=32)
        return elastic(bottleneck_path(width // 2, width // 2, groups=16), sliced=False)

    stages = tuple(stage._replace(blocks=blocks) for stage, blocks in zip(STAGES, ELASTIC_BLOCKS, strict=True))
    return _csp(net, block, stages=stages, groups=32, widen=2)


def card_csp_resnet50(net: Composer) -> Pyramid:
    """CSPResNet50 of the model card, as in timm: part 2 of stage 1 is wider, parts are linear, pooling differs."""
    return _csp(net, lambda width: bottleneck(width // 2, width), stages=CARD_STAGES, pool=3)


def card_csp_resnext50(net: Composer) -> Pyramid:
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
        block: width -> a stage's block.
        stages: shapes of the stages.
        gamma: share of a stage's channels, twice its width, that bypasses the blocks.
        fusion: where the transitions are.
        narrow: width of part 2 in the first stage, if it differs from the width of the blocks.
        groups: of the stride-2 convolutions.
        widen: channels after a stage, as a multiple of its width.
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


CLASSIFIERS = (
    published_classifier("csresnet50", "CSPResNet-50", csp_resnet50),
    published_classifier("csresnet50-elastic", "CSPResNet-50-Elastic", csp_resnet50_elastic),
    *augmented_classifiers("csresnet50", "CSPResNet-50", csp_resnet50),
    published_classifier("csresnext50", "CSPResNeXt-50", csp_resnext50),
    published_classifier("csresnext50-elastic", "CSPResNeXt-50-Elastic", csp_resnext50_elastic),
    *augmented_classifiers("csresnext50", "CSPResNeXt-50", csp_resnext50),
    Entry(
        "csresnext50-plus-elastic",
        "CSPResNeXt-50+Elastic",
        Recipe(csp_resnext50_plus_elastic, 256),
        "fit",
        "Fitted: depths (those of the ELASTIC paper), branches that read all channels, a plain last stage. "
        "The printed BFLOPs match if shortcuts are counted; without them they are 7.814.",
    ),
    Entry(
        "cspresnet10",
        "CSPResNet-10",
        Recipe(csp_resnet10, 256),
        "fit",
        "Fitted: widths of the stages and of their parts, and a different first block.",
    ),
    Entry(
        "cspresnet50",
        "CSPResNet50",
        Recipe(card_csp_resnet50, 224),
        "exact",
        "CSPResNet-50 as in the timm library.",
    ),
    Entry(
        "cspresnext50",
        "CSPResNeXt50",
        Recipe(card_csp_resnext50, 224),
        "exact",
        "CSPResNeXt-50 as in the timm library.",
    ),
)

DETECTORS = (
    published_detector("csresnet50-panet-spp", "CSPResNet50-PANet-SPP", csp_resnet50, training={"subdivisions": 4}),
    published_detector("csresnext50-panet-spp", "CSPResNeXt50-PANet-SPP", csp_resnext50),
    published_detector("csresnext50-panet-spp-giou", "CSPResNeXt50-PANet-SPP(GIoU)", csp_resnext50, GIOU),
    published_detector(
        "csresnext50-panet-spp-original-optimal",
        "CSPResNeXt50-PANet-SPP, original optimal",
        csp_resnext50,
        OPTIMAL,
        {"subdivisions": 8, "momentum": 0.949, "learning_rate": 0.00261, "mosaic": 1},
        512,
    ),
    Entry(
        "csresnext50-panet-spp-sam",
        "CSPResNeXt50-PANet-SPP(SAM)",
        Recipe(csp_resnext50, 512, partial(panet_spp, sam=True), OPTIMAL),
        "open",
        "Neither parameters nor BFLOPs are printed. Spatial attention comes before each head, as in EFM (SAM).",
    ),
    *(
        Entry(
            name,
            title,
            Recipe(csp_resnext50, 416, partial(yolov3, spp=True, lateral=lateral)),
            "exact",
            published=f"{IN_PROGRESS}/{name}.cfg",
        )
        for name, title, lateral in (
            ("csresnext50-fpn-spp", "CSPResNeXt50-FPN-SPP", True),
            ("csresnext50-yolo-spp", "CSPResNeXt50-YOLO-SPP", False),
        )
    ),
)

FAMILY = Family(
    (*CLASSIFIERS, *DETECTORS),
    backbones={
        "cspresnet10": BackboneChoice(csp_resnet10),
        "csresnet50-elastic": BackboneChoice(csp_resnet50_elastic),
        "csresnext50-elastic": BackboneChoice(csp_resnext50_elastic),
    },
    partial_backbones={"resnet50": csp_resnet50, "resnext50": csp_resnext50},
)
