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
    """The centre of the image, scaled from 0..1 to -1..1. Training takes a random part, and flips and colours it.

    Attributes:
        height, width: size of the crop.
        noadjust: whether the values are left unscaled.
        between: whether a crop with odd margins lies between pixels and is the mean of its neighbours, instead of being
            rounded towards the top left.
    """

    sections = ("crop",)
    option_notes = {
        "crop_height": "height of the crop",
        "crop_width": "width of the crop",
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
                raise options.error(key, f"must be at most {limit}, as the input is {at.input}")
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
        """The channels of the input, and the size of the crop."""
        return Shape(self.input.c, self.height, self.width)

    @property
    def start(self) -> tuple[int, int]:
        """(row, column) of the crop's first pixel."""
        return ((self.input.h - self.height) // 2, (self.input.w - self.width) // 2)

    @property
    def neighbours(self) -> tuple[int, int]:
        """(rows, columns) of pixels that are averaged for each value, starting at `start`: 1 or 2."""
        if not self.between:
            return (1, 1)
        return (1 + (self.input.h - self.height) % 2, 1 + (self.input.w - self.width) % 2)
