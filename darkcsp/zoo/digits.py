"""The default model: CSPDenseNetb Reference with the PRN head, for ten digits."""

from __future__ import annotations

from darkcsp.cfg import Cfg
from darkcsp.zoo.boxes import Anchors, Boxes
from darkcsp.zoo.entry import Entry
from darkcsp.zoo.heads.prn import PRN
from darkcsp.zoo.networks.densenet import csp_densenetb_reference
from darkcsp.zoo.recipe import Recipe

SIZE = 192

ANCHORS: Anchors = ((19, 28), (27, 38), (36, 49), (44, 65), (59, 81), (79, 103))
"""From the boxes in training scenes, by k-means (scripts/digits/anchors.py). The PRN head does not use the first."""


def digits_cfg(anchors: Anchors = ANCHORS, size: int = SIZE) -> Cfg:
    """Return the cfg for `size` x `size` pictures. `anchors` are six (width, height) in pixels, from small to large."""
    return _recipe(anchors).compose(size).cfg(f"{DIGITS.title}.\n{DIGITS.note}", "digits.cfg")


def _recipe(anchors: Anchors) -> Recipe:
    return Recipe(csp_densenetb_reference, SIZE, PRN.build, Boxes(classes=10, anchors=anchors), training=None)


DIGITS = Entry(
    "digits",
    "darkcsp's default model: finds and reads digits",
    _recipe(ANCHORS),
    "own",
    "CSPDenseNetb Reference with the PRN head; made by darkcsp.zoo.digits, trained by scripts/train_digits.py.",
)
