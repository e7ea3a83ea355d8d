"""Anchors of detection heads, and the number of channels that their boxes need."""

from __future__ import annotations

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.shape import Shape

Anchor = tuple[float, float]
"""(width, height)."""


def read_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num, anchors and mask: the (width, height) of each box in a cell, in order.

    For a mask beyond `num` Darknet reads foreign memory; here, the anchor is taken from the list. Raises OptionError if
    the list has no such anchor.
    """
    anchors = read_all_anchors(options)
    total = len(anchors)
    mask = options.integers("mask") or tuple(range(total))
    if max(mask) >= total:
        values = options.numbers("anchors")
        anchors = tuple(zip(values[::2], values[1::2], strict=False))
        options.notice("mask", f"exceeds num={total}; Darknet reads foreign memory, darkcsp uses the list in anchors")
    for index in mask:
        if not 0 <= index < len(anchors):
            raise options.error("mask", f"{index} is out of range: there are anchors 0 to {len(anchors) - 1}")
    return tuple(anchors[index] for index in mask)


def read_all_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num and anchors: `num` pairs (width, height). Missing values are 0.5, Darknet's initial value."""
    total = options.integer("num", 1, least=1)
    options.check("items", "num", total)
    values = list(options.numbers("anchors"))[: 2 * total]
    values += [0.5] * (2 * total - len(values))
    return tuple(zip(values[::2], values[1::2], strict=True))


def check_box_channels(shape: Shape, boxes: int, values: int, options: Options) -> None:
    """Raise GraphError unless the layer above has `boxes` x `values` output channels."""
    if shape.c != boxes * values:
        raise GraphError(
            options.place,
            f"{boxes} boxes of {values} values need {boxes * values} channels, but the layer above has {shape.c}; "
            f"set filters={boxes * values} there",
        )
