"""Networks of a user's own choice: any backbone, with or without cross stage partial stages, any head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from darkcsp.cfg import Cfg
from darkcsp.errors import UnknownModelError
from darkcsp.zoo import (
    csppeleenet,
    darknet,
    densenet,
    efficientnet,
    fusion,
    mobilenet,
    peleenet,
    prn,
    res2net,
    resnet,
)
from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.catalogue import near
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.csp import Fusion
from darkcsp.zoo.heads import COCO, TINY, Boxes, fpn_slim, panet_spp, yolov3, yolov3_slim, yolov3_tiny
from darkcsp.zoo.recipe import IMAGENET_CLASSES, Backbone, Head, Recipe

Partial = Callable[[Composer, float, Fusion], Pyramid]


class BackboneChoice(NamedTuple):
    """A backbone: as it is, with cross stage partial stages where those are known, and its usual activation."""

    plain: Backbone
    partial: Partial | None = None
    activation: str = "leaky"


class HeadChoice(NamedTuple):
    """A head, and the anchors that it expects."""

    head: Head
    boxes: Boxes = COCO


BACKBONES: Mapping[str, BackboneChoice] = {
    "peleenet": BackboneChoice(peleenet.peleenet, peleenet.csp),
    "darknet53": BackboneChoice(darknet.darknet53, darknet.csp_darknet53),
    "resnet50": BackboneChoice(resnet.resnet50, resnet.csp_resnet50),
    "resnext50": BackboneChoice(resnet.resnext50, resnet.csp_resnext50),
    "resnet10": BackboneChoice(resnet.resnet10),
    "cspresnet10": BackboneChoice(resnet.csp_resnet10),
    "csdarknet53-elastic": BackboneChoice(darknet.csp_darknet53_elastic),
    "csresnet50-elastic": BackboneChoice(resnet.csp_resnet50_elastic),
    "csresnext50-elastic": BackboneChoice(resnet.csp_resnext50_elastic),
    "sparsepeleenet": BackboneChoice(peleenet.sparse_peleenet),
    "peleenext": BackboneChoice(peleenet.peleenext),
    "csppeleenet": BackboneChoice(csppeleenet.csp_peleenet),
    "csppeleenet-ref": BackboneChoice(densenet.csp_peleenet_reference),
    "csppeleenetb-ref": BackboneChoice(densenet.csp_peleenetb_reference),
    "cspdensenet-ref": BackboneChoice(densenet.csp_densenet_reference),
    "cspdensenetb-ref": BackboneChoice(densenet.csp_densenetb_reference),
    "tiny": BackboneChoice(darknet.tiny),
    "mobilenet-v2": BackboneChoice(mobilenet.mobilenet_v2, activation="relu"),
    "csmobilenet-v2": BackboneChoice(mobilenet.csp_mobilenet_v2, activation="relu"),
    "enetb0": BackboneChoice(efficientnet.efficientnet_b0, activation="swish"),
    "res2netlite72": BackboneChoice(res2net.res2netlite72),
}

HEADS: Mapping[str, HeadChoice] = {
    "yolov3": HeadChoice(yolov3),
    "yolov3-spp": HeadChoice(partial(yolov3, spp=True)),
    "fpn-spp": HeadChoice(partial(yolov3, spp=True, lateral=True)),
    "panet-spp": HeadChoice(panet_spp),
    "panet-spp-sam": HeadChoice(partial(panet_spp, sam=True)),
    "yolov3-tiny": HeadChoice(yolov3_tiny, TINY),
    "yolov3-slim": HeadChoice(yolov3_slim, TINY),
    "fpn-slim": HeadChoice(fpn_slim, TINY),
    "prn": HeadChoice(prn.prn, TINY),
    "prn-3l": HeadChoice(prn.prn_3l),
    "cem": HeadChoice(fusion.cem, TINY),
    "cem-sam": HeadChoice(partial(fusion.cem, sam=True), TINY),
    "gfm": HeadChoice(fusion.gfm),
    "efm": HeadChoice(fusion.efm),
    "efm-sam": HeadChoice(partial(fusion.efm, extra="sam")),
    "efm-spp": HeadChoice(partial(fusion.efm, extra="spp")),
}


@dataclass(frozen=True)
class Stages:
    """Cross stage partial stages: the share that bypasses the blocks, and where the transitions stand."""

    gamma: float = 0.5
    fusion: Fusion = "both"


def compose_custom(
    backbone: str,
    head: str | None = None,
    *,
    stages: Stages | None = None,
    classes: int | None = None,
    size: int | None = None,
    activation: str | None = None,
) -> Cfg:
    """Compose a cfg.

    Args:
        backbone: one of `BACKBONES`.
        head: one of `HEADS`; None for a classifier.
        stages: give the backbone cross stage partial stages; None leaves it as it is.
        classes: 1000 for classifiers and 80 for detectors by default.
        size: of the square input; 224 for classifiers and 416 for detectors by default. Anchors are scaled with it.
        activation: of the whole network; the backbone's usual one by default.

    Raises:
        UnknownModelError: there is no such backbone or head, or no such form of it.
        ValueError: gamma is not between 0 and 1.
    """
    choice = _choose(BACKBONES, backbone, "backbone")
    chosen = _choose(HEADS, head, "head") if head is not None else None
    size = size or (416 if chosen else 224)
    recipe = Recipe(
        _staged(backbone, choice, stages),
        size,
        chosen.head if chosen else None,
        chosen.boxes.scaled(size) if chosen else COCO,
        activation=activation or choice.activation,
    )
    title = _title(backbone, head, stages, classes or (COCO.classes if chosen else IMAGENET_CLASSES))
    return recipe.compose(classes=classes).cfg(title, f"{backbone}.cfg")


T = TypeVar("T")


def _choose(choices: Mapping[str, T], name: str, kind: str) -> T:
    if name not in choices:
        raise UnknownModelError(name, near(name, choices) or sorted(choices), kind)
    return choices[name]


def _staged(name: str, choice: BackboneChoice, stages: Stages | None) -> Backbone:
    if stages is None:
        return choice.plain
    if choice.partial is None:
        able = [other for other, it in BACKBONES.items() if it.partial is not None]
        raise UnknownModelError(name, able, "backbone with --csp")
    return partial(_call_partial, choice.partial, stages)


def _call_partial(build: Partial, stages: Stages, net: Composer) -> Pyramid:
    return build(net, stages.gamma, stages.fusion)


def _title(backbone: str, head: str | None, stages: Stages | None, classes: int) -> str:
    text = backbone
    if stages is not None:
        text += f" with cross stage partial stages (gamma {stages.gamma:g}, fusion {stages.fusion})"
    return f"{text}, {f'{head} head' if head else 'classifier'}, {classes} classes. Composed by darkcsp."
