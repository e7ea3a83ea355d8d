"""The cfg of the default model: CSPDenseNetb Reference with the PRN head, for ten digits."""

from __future__ import annotations

from darkcsp.cfg import Cfg
from darkcsp.cfg.writer import Value
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.densenet import csp_densenetb_reference
from darkcsp.zoo.heads import Anchors, Boxes
from darkcsp.zoo.prn import prn

SIZE = 192

ANCHORS: Anchors = ((19, 28), (27, 38), (36, 49), (44, 65), (59, 81), (79, 103))
"""Of the boxes in training scenes, by k-means (scripts/digits/anchors.py). The published head leaves out the first."""

HEADER = """darkcsp's default model: finds and reads digits.
CSPDenseNetb Reference with the PRN head; made by darkcsp.zoo.digits, trained by scripts/train_digits.py."""


def digits_cfg(anchors: Anchors = ANCHORS, size: int = SIZE) -> Cfg:
    """Return the cfg for `size` x `size` pictures; six anchors, (width, height) in pixels, from small to large."""
    net: dict[str, Value] = {"width": size, "height": size, "channels": 3}
    composer = Composer(net)
    prn(composer, csp_densenetb_reference(composer), Boxes(classes=10, anchors=anchors))
    return composer.cfg(HEADER, "digits.cfg")
