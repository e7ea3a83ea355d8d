"""Darknet's own backbones, and their cross stage partial variants."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, darknet_residual, elastic, repeat
from darkcsp.zoo.boxes import TINY
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, csp_stage
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import augmented_classifiers, published_classifier, published_detector
from darkcsp.zoo.heads.prn import prn
from darkcsp.zoo.heads.yolov3 import yolov3, yolov3_tiny
from darkcsp.zoo.parts import BackboneChoice
from darkcsp.zoo.recipe import Recipe


class Stage(NamedTuple):
    """One stage of DarkNet-53: output channels and number of blocks."""

    width: int
    blocks: int


STAGES = (Stage(64, 1), Stage(128, 2), Stage(256, 8), Stage(512, 8), Stage(1024, 4))


def reference(net: Composer) -> Pyramid:
    """Darknet Reference: 3x3 convolutions with pooling in between, up to 1024 channels at stride 64."""
    features = []
    for width in (16, 32, 64, 128, 256, 512):
        features.append(net.conv(width, 3))
        net.maxpool(2, 2)
    net.conv(1024, 3)
    return Pyramid.of(features)


def tiny(net: Composer, *, residual: bool = False) -> Pyramid:
    """The backbone of YOLOv3-tiny: Darknet Reference, but it stays at stride 32.

    `residual` gives the backbone of YOLOv3-tiny-PRN: its last convolution is narrower and has a shortcut.
    """
    features = []
    for width in (16, 32, 64, 128, 256):
        features.append(net.conv(width, 3))
        net.maxpool(2, 2)
    before = net.conv(512, 3)
    net.maxpool(2, 1)
    last = net.conv(512 if residual else 1024, 3)
    if residual:
        last = net.shortcut(before, activation=net.activation)
    return Pyramid(features[3], features[4], last)


def darknet53(net: Composer) -> Pyramid:
    """DarkNet-53: a stride-2 3x3 convolution and residual blocks in each of five stages."""
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
    """Width inside a stage: half of its width, except in the first."""
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


_DARKNET = "AlexeyAB/darknet/cfg"
_PRN_AUTHORS = "WongKinYiu/PartialResidualNetworks/cfg"
_YOLO_TRAINING = {"max_batches": 500200}

CLASSIFIERS = (
    published_classifier(
        "darknet", "Darknet Reference", reference, {"subdivisions": 1}, "The printed 0.96 is 0.967, truncated."
    ),
    published_classifier("darknet53", "DarkNet-53", darknet53),
    published_classifier("csdarknet53", "CSPDarkNet-53", csp_darknet53),
    published_classifier("csdarknet53-elastic", "CSPDarkNet-53-Elastic", csp_darknet53_elastic, {"subdivisions": 8}),
    *augmented_classifiers("csdarknet53", "CSPDarkNet-53", csp_darknet53),
    Entry(
        "cspdarknet50",
        "CSPDarkNet50",
        Recipe(csp_darknet53, 224),
        "exact",
        "CSPDarkNet-53 under the model card's name, at 224 x 224.",
    ),
)

DETECTORS = (
    published_detector("csdarknet53-panet-spp", "CSPDarknet53-PANet-SPP", csp_darknet53, training={"subdivisions": 4}),
    Entry(
        "yolov3",
        "YOLOv3",
        Recipe(darknet53, 416, yolov3, training=_YOLO_TRAINING),
        "exact",
        "No way of counting gives the printed 62.3M parameters: the weights file holds 62.0M numbers.",
        f"{_DARKNET}/yolov3.cfg",
    ),
    Entry(
        "yolov3-spp",
        "YOLOv3 (SPP)",
        Recipe(darknet53, 608, partial(yolov3, spp=True), training=_YOLO_TRAINING),
        "exact",
        published=f"{_DARKNET}/yolov3-spp.cfg",
    ),
    Entry(
        "yolov3-tiny",
        "YOLOv3-tiny",
        Recipe(tiny, 416, yolov3_tiny, TINY, training=_YOLO_TRAINING),
        "exact",
        published=f"{_PRN_AUTHORS}/yolov3-tiny.cfg",
    ),
    Entry(
        "yolov3-tiny-prn",
        "YOLOv3-tiny-PRN",
        Recipe(partial(tiny, residual=True), 416, prn, TINY, training=_YOLO_TRAINING),
        "exact",
        "No way of counting gives the printed 4.96M parameters: the weights file holds 4.94M numbers.",
        f"{_PRN_AUTHORS}/yolov3-tiny-prn.cfg",
    ),
)

FAMILY = Family(
    (*CLASSIFIERS, *DETECTORS),
    backbones={
        "darknet53": BackboneChoice(darknet53),
        "csdarknet53-elastic": BackboneChoice(csp_darknet53_elastic),
        "tiny": BackboneChoice(tiny),
    },
    partial_backbones={"darknet53": csp_darknet53},
)
