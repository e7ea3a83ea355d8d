"""The anchors of detection heads, and the channels that their boxes need."""

from __future__ import annotations

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.shape import Shape

Anchor = tuple[float, float]
"""(width, height)."""


def read_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num, anchors and mask: the (width, height) of each box of a cell, in order.

    A mask beyond `num` makes Darknet read foreign memory; the list's own anchor is taken where it has one. Raises
    OptionError where it has none.
    """
    anchors = read_all_anchors(options)
    total = len(anchors)
    mask = options.integers("mask") or tuple(range(total))
    if max(mask) >= total:
        values = options.numbers("anchors")
        anchors = tuple(zip(values[::2], values[1::2], strict=False))
        options.notice("mask", f"is beyond num={total}; Darknet reads foreign memory, darkcsp the list in anchors")
    for index in mask:
        if not 0 <= index < len(anchors):
            raise options.error("mask", f"has {index}, but there are anchors 0 to {len(anchors) - 1}")
    return tuple(anchors[index] for index in mask)


def read_all_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num and anchors: `num` pairs (width, height). Missing numbers are 0.5, as Darknet initialises them."""
    total = options.integer("num", 1, least=1)
    options.check("items", "num", total)
    values = list(options.numbers("anchors"))[: 2 * total]
    values += [0.5] * (2 * total - len(values))
    return tuple(zip(values[::2], values[1::2], strict=True))


def check_box_channels(shape: Shape, boxes: int, values: int, options: Options) -> None:
    """Raise GraphError unless the layer above gives `boxes` x `values` channels."""
    if shape.c != boxes * values:
        raise GraphError(
            options.place,
            f"{boxes} boxes of {values} values need {boxes * values} channels, the layer above gives {shape.c}; "
            f"set filters={boxes * values} there",
        )
