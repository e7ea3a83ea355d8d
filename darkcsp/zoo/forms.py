"""Kinds of catalogue entries that several families share."""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.cfg.writer import Value
from darkcsp.zoo.boxes import COCO, Boxes
from darkcsp.zoo.entry import Entry, Status
from darkcsp.zoo.heads.panet import panet_spp
from darkcsp.zoo.parts import BackboneBuilder, HeadChoice
from darkcsp.zoo.recipe import Recipe
from darkcsp.zoo.training import STRONG_AUGMENTATION

AUTHORS = "WongKinYiu/CrossStagePartialNetworks/cfg"
"""Where the authors' published cfgs are."""

IN_PROGRESS = "WongKinYiu/CrossStagePartialNetworks/in progress"
"""Where the authors keep further cfgs."""

USUAL: Mapping[str, Value] = {}
"""The usual training options only."""


def classifier(
    name: str, title: str, backbone: BackboneBuilder, status: Status, note: str, activation: str = "leaky"
) -> Entry:
    """A classifier for 224 x 224 pictures that the authors did not publish."""
    return Entry(name, title, Recipe(backbone, 224, activation=activation), status, note)


def published_classifier(
    name: str, title: str, backbone: BackboneBuilder, training: Mapping[str, Value] = USUAL, note: str = ""
) -> Entry:
    """A classifier for 256 x 256 pictures, as in the authors' file with that name."""
    recipe = Recipe(backbone, 256, training=training)
    return Entry(name, title, recipe, "exact", note, f"{AUTHORS}/{name}.cfg")


def augmented_classifiers(name: str, title: str, backbone: BackboneBuilder) -> tuple[Entry, Entry]:
    """The authors' -gamma (leaky) and -omega (mish) variants: the same network, trained with more augmentation."""
    return (
        published_classifier(f"{name}-gamma", f"{title}-gamma", backbone, STRONG_AUGMENTATION),
        Entry(
            f"{name}-omega",
            f"{title}-omega",
            Recipe(backbone, 256, activation="mish", training=STRONG_AUGMENTATION),
            "exact",
            published=f"{AUTHORS}/{name}-omega.cfg",
        ),
    )


def published_detector(
    name: str,
    title: str,
    backbone: BackboneBuilder,
    boxes: Boxes = COCO,
    training: Mapping[str, Value] = USUAL,
    size: int = 416,
) -> Entry:
    """A detector with the PANet head, as in the authors' file with that name."""
    recipe = Recipe(backbone, size, panet_spp, boxes, training=training)
    return Entry(name, title, recipe, "exact", published=f"{AUTHORS}/{name}.cfg")


def fitted_detector(name: str, title: str, backbone: BackboneBuilder, note: str, head: HeadChoice, size: int) -> Entry:
    """A detector on a backbone that was itself fitted; `name`, `title` and `note` are the backbone's."""
    return Entry(
        f"{name}-{head.name}",
        f"{title}-{head.title}",
        Recipe(backbone, size, head.build, head.boxes),
        "fit",
        f"{head.note} Backbone: {note[0].lower()}{note[1:]}",
    )
