"""[crop]: parse_crop in src/parser.c, src/crop_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Crop(Spec):
    """The middle of the picture, stretched from 0..1 to -1..1. Training takes any part, flips and colours it.

    Attributes:
        height, width: size of the part.
        noadjust: whether the values are left as they are.
        between: whether a part whose margins are odd lies between pixels and is the mean of its neighbours, rather than
            the part above and to the left.
    """

    sections = ("crop",)
    option_notes = {
        "crop_height": "height of what is cut out",
        "crop_width": "width of what is cut out",
    }
    training_options = frozenset("flip angle saturation exposure shift".split())

    height: int
    width: int
    noadjust: bool
    between: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [crop] section."""
        height = options.integer("crop_height", 1, least=1)
        width = options.integer("crop_width", 1, least=1)
        for key, size, limit in (("crop_height", height, at.input.h), ("crop_width", width, at.input.w)):
            if size > limit:
                raise options.error(key, f"must not exceed the {limit} of the input, {at.input}")
        is_odd = bool((at.input.h - height) % 2 or (at.input.w - width) % 2)
        return cls(
            **chained(at),
            height=height,
            width=width,
            noadjust=options.flag("noadjust"),
            between=is_odd and not at.program.on_cpu,
        )

    @property
    def output(self) -> Shape:
        """The channels of the input, the part's size."""
        return Shape(self.input.c, self.height, self.width)

    @property
    def start(self) -> tuple[int, int]:
        """(row, column) of the part's first pixel."""
        return ((self.input.h - self.height) // 2, (self.input.w - self.width) // 2)

    @property
    def neighbours(self) -> tuple[int, int]:
        """(rows, columns) of pixels that each value is the mean of, from `start` on: 1 or 2."""
        if not self.between:
            return (1, 1)
        return (1 + (self.input.h - self.height) % 2, 1 + (self.input.w - self.width) % 2)
