"""Custom networks: any backbone, with or without cross stage partial stages, and any head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from darkcsp.cfg import Cfg
from darkcsp.errors import UnknownModelError
from darkcsp.zoo.boxes import COCO
from darkcsp.zoo.catalogue import BACKBONES, PARTIAL_BACKBONES, near
from darkcsp.zoo.csp import Fusion
from darkcsp.zoo.heads import HEADS
from darkcsp.zoo.parts import BackboneBuilder
from darkcsp.zoo.recipe import IMAGENET_CLASSES, Recipe


@dataclass(frozen=True)
class Stages:
    """Cross stage partial stages (`darkcsp.zoo.csp`).

    Attributes:
        gamma: share of a stage's channels that bypasses its blocks, between 0 and 1.
        fusion: where the transitions are.
    """

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
    """Compose the cfg of any backbone with any head.

    Args:
        backbone: one of `BACKBONES`.
        head: one of `HEADS`; None for a classifier.
        stages: cross stage partial stages for the backbone; None uses the backbone as it is.
        classes: number of classes; by default 1000 for classifiers and 80 for detectors.
        size: width and height of the input in pixels; by default 224 for classifiers and 416 for detectors. Anchors
            are scaled with it.
        activation: of the whole network; by default the backbone's usual one.

    Raises:
        UnknownModelError: there is no such backbone or head, or the backbone has no cross stage partial variant.
        ValueError: gamma is not between 0 and 1, or `size` or `classes` is not positive.
    """
    choice = _choose(BACKBONES, backbone, "backbone")
    chosen = _choose(HEADS, head, "head") if head is not None else None
    if size is None:
        size = 416 if chosen else 224
    recipe = Recipe(
        choice.build if stages is None else _partial_backbone(backbone, stages),
        size,
        chosen.build if chosen else None,
        chosen.boxes.scaled(size) if chosen else COCO,
        activation=activation or choice.activation,
    )
    title = _title(backbone, head, stages, classes or (COCO.classes if chosen else IMAGENET_CLASSES))
    return recipe.compose(size, classes).cfg(title, f"{backbone}.cfg")


T = TypeVar("T")


def _choose(choices: Mapping[str, T], name: str, kind: str) -> T:
    if name not in choices:
        raise UnknownModelError(name, near(name, choices), kind, sorted(choices))
    return choices[name]


def _partial_backbone(name: str, stages: Stages) -> BackboneBuilder:
    """Return a backbone's variant with cross stage partial stages."""
    build = PARTIAL_BACKBONES.get(name)
    if build is None:
        raise UnknownModelError(name, [], "backbone with cross stage partial stages", sorted(PARTIAL_BACKBONES))
    return lambda net: build(net, stages.gamma, stages.fusion)


def _title(backbone: str, head: str | None, stages: Stages | None, classes: int) -> str:
    text = backbone
    if stages is not None:
        text += f" with cross stage partial stages (gamma {stages.gamma:g}, fusion {stages.fusion})"
    return f"{text}, {f'{head} head' if head else 'classifier'}, {classes} classes. Composed by darkcsp."
