"""PeleeNet (NeurIPS 2018) as the CSPNet authors count it, and its sparse and grouped variants.

The bottlenecks of the dense layers are 16, 32, 64 and 64 wide throughout. PeleeNet's own limit, half of the input
channels, would not give the printed figures.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, repeat, two_way_branches, two_way_dense_layer
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion, Split, partial_block
from darkcsp.zoo.entry import Entry, Family, Status
from darkcsp.zoo.forms import classifier
from darkcsp.zoo.heads.prn import PRN, PRN_3L
from darkcsp.zoo.heads.slim import FPN_SLIM, YOLOV3_SLIM
from darkcsp.zoo.parts import BackboneBuilder, BackboneChoice, HeadChoice
from darkcsp.zoo.recipe import Recipe

GROWTH = 32


class Stage(NamedTuple):
    """Dense layers, width of their bottlenecks, and channels after the stage."""

    layers: int
    bottleneck: int
    width: int


STAGES = (Stage(3, 16, 128), Stage(4, 32, 256), Stage(8, 64, 512), Stage(6, 64, 704))

StageBlock = Callable[[Stage], Block]


def stem(net: Composer) -> Feature:
    """Two paths to stride 4, joined to 32 channels."""
    x = net.conv(32, 3, 2)
    net.conv(16)
    deep = net.conv(32, 3, 2)
    net.route(deep, net.maxpool(2, 2, x))
    return net.conv(32)


def dense_stage(stage: Stage, *, squeeze: int | None = None) -> Block:
    """A stage's two-way dense layers; `squeeze` adds squeeze-and-excite to each."""
    return repeat(two_way_dense_layer(GROWTH, stage.bottleneck, squeeze=squeeze), stage.layers)


def peleenet(net: Composer, *, squeeze: int | None = None) -> Pyramid:
    """PeleeNet; `squeeze` adds squeeze-and-excite of that width to every dense layer."""
    return _stages(net, lambda stage: dense_stage(stage, squeeze=squeeze))


def peleenext(net: Composer) -> Pyramid:
    """PeleeNeXt, a reconstruction: dense layers with 4 groups and bottlenecks three times as wide."""

    def block(stage: Stage) -> Block:
        return repeat(two_way_dense_layer(GROWTH, 3 * stage.bottleneck, groups=4), stage.layers)

    return _stages(net, block)


def sparse_peleenet(net: Composer) -> Pyramid:
    """SparsePeleeNet: a dense layer reads the features 1, 2, 4 and 8 before it (SparseNet, ECCV 2018)."""
    return _stages(net, _sparse_stage)


def _sparse_stage(stage: Stage) -> Block:
    branches = two_way_branches(GROWTH, stage.bottleneck)

    def block(net: Composer, x: Feature) -> Feature:
        features = [x]
        for number in range(1, stage.layers + 1):
            sources = [features[number - back] for back in (1, 2, 4, 8) if back <= number]
            features.append(branches(net, sources[0] if len(sources) == 1 else net.route(*sources)))
        return net.route(*features)

    return block


def _stages(net: Composer, block: StageBlock) -> Pyramid:
    """The stem, then a block and a transition of equal width in each stage, with pooling between stages."""
    x = stem(net)
    features = []
    for stage in STAGES:
        block(stage)(net, x)
        features.append(net.conv(stage.width))
        x = net.last if stage is STAGES[-1] else net.maxpool(2, 2)
    return Pyramid(*features[1:])


def csp(net: Composer, gamma: float, fusion: Fusion) -> Pyramid:
    """PeleeNet with the stages of the paper's figure 3: sliced input, and pooling before the last transition."""
    x = stem(net)
    features = []
    for stage in STAGES:
        split = Split.by_share(gamma, x.channels, sliced=True)
        features.append(partial_block(dense_stage(stage), split=split, fusion=fusion)(net, x))
        if stage is not STAGES[-1]:
            net.maxpool(2, 2)
        x = net.last if fusion == "last" else net.conv(stage.width)
    return Pyramid(features[1], features[2], x)


POOLINGS = (
    "Pooling is max pooling, because only that gives the printed BFLOPs (Darknet counts it); PeleeNet's own is average "
    "pooling."
)
SQUEEZE = (
    "Squeeze-and-excite is 16 wide and applies to the new channels of every dense layer, which is a guess that fits."
)

CLASSIFIERS = (
    classifier("peleenet", "PeleeNet", peleenet, "exact", POOLINGS),
    classifier("peleenet-swish", "PeleeNet-swish", peleenet, "exact", POOLINGS, "swish"),
    classifier("peleenet-mish", "PeleeNet with mish", peleenet, "exact", POOLINGS, "mish"),
    classifier("peleenet-swish-se", "PeleeNet-swish-SE", partial(peleenet, squeeze=16), "fit", SQUEEZE, "swish"),
    classifier(
        "sparsepeleenet",
        "SparsePeleeNet",
        sparse_peleenet,
        "exact",
        f"SparseNet's connections; the transition of a stage reads all of its features. {POOLINGS}",
    ),
    classifier("peleenext", "PeleeNeXt", peleenext, "fit", "Fitted: number of groups and width of the bottlenecks."),
)


def _detector(name: str, title: str, backbone: BackboneBuilder, head: HeadChoice, status: Status, note: str) -> Entry:
    return Entry(name, f"{title}-{head.title}", Recipe(backbone, 416, head.build, head.boxes), status, note)


DETECTORS = (
    _detector("peleenet-prn", "PeleeNet", peleenet, PRN, "exact", POOLINGS),
    _detector("peleenet-prn-3l", "PeleeNet", peleenet, PRN_3L, "fit", PRN_3L.note),
    _detector("sparsepeleenet-prn", "SparsePeleeNet", sparse_peleenet, PRN, "exact", POOLINGS),
    _detector("peleenet-fpn", "PeleeNet", peleenet, FPN_SLIM, "fit", FPN_SLIM.note),
    _detector("peleenet-yolov3", "PeleeNet", peleenet, YOLOV3_SLIM, "fit", YOLOV3_SLIM.note),
)

FAMILY = Family(
    (*CLASSIFIERS, *DETECTORS),
    backbones={
        "peleenet": BackboneChoice(peleenet),
        "sparsepeleenet": BackboneChoice(sparse_peleenet),
        "peleenext": BackboneChoice(peleenext),
    },
    partial_backbones={"peleenet": csp},
)
