"""The parts of a network, as functions that add them to a composer, and the choices that have a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.boxes import COCO, Boxes
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Fusion

BackboneBuilder = Callable[[Composer], Pyramid]
"""Adds a backbone."""

PartialBackboneBuilder = Callable[[Composer, float, Fusion], Pyramid]
"""Adds a backbone with cross stage partial stages, for a gamma and a fusion (`darkcsp.zoo.csp`)."""

HeadBuilder = Callable[[Composer, Pyramid, Boxes], None]
"""Adds a detection head that reads a backbone's features."""

TailBuilder = Callable[[Composer, Feature, int], Feature]
"""Ends a classifier: (composer, feature, number of classes) -> probabilities."""


@dataclass(frozen=True)
class BackboneChoice:
    """A backbone that networks can be composed on.

    Attributes:
        build: adds the backbone.
        activation: the backbone's usual one.
    """

    build: BackboneBuilder
    activation: str = "leaky"


@dataclass(frozen=True)
class HeadChoice:
    """A detection head that networks can be composed with.

    Attributes:
        name: in the names of cfgs and on the command line, such as efm-sam.
        title: as in the paper or its authors' README.
        build: adds the head.
        boxes: the anchors it expects, for an input of 416 x 416.
        note: where it comes from; for a reconstruction, what was fitted.
    """

    name: str
    title: str
    build: HeadBuilder
    boxes: Boxes = COCO
    note: str = ""
