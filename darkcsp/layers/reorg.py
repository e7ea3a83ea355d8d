"""[reorg]: parse_reorg_old in src/parser.c, src/reorg_old_layer.c; in pjreddie's program parse_reorg.

Darknet's function for this (reorg_cpu in src/blas.c) turns channels into blocks of pixels. [reorg] runs it backwards,
so to turn pixels into channels it interprets its input as a larger image with fewer channels.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.blocks import Blocks, check_cuts_into_blocks, check_makes_blocks, reorganized
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reorg(Blocks):
    """Blocks of pixels to channels and back, in the order of YOLOv2."""

    sections = ("reorg",)
    option_notes = {
        "flatten": "1 reorders the values by pixel, in reverse by channel (pjreddie's program)",
        "extra": "number of zeros to append to the input as a vector (pjreddie's program)",
    }

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg] section; pjreddie's `flatten` and `extra` return a ReorgFlatten or ReorgExtra."""
        stride, reverse = options.window("stride", 1, least=1), options.flag("reverse")
        if at.program.author == "pjreddie":
            flatten, extra = options.flag("flatten"), options.integer("extra", 0, least=0)
            if flatten and extra:
                raise options.error("extra", "with flatten=1, Darknet reads beyond its input; expected 0")
            if extra:
                return ReorgExtra(**chained(at), extra=extra)
            if flatten:
                check_cuts_into_blocks(options, at.input, stride, reverse)
                check_makes_blocks(options, at.input, stride**2 if reverse else 1)
                return ReorgFlatten(**chained(at), stride=stride, reverse=reverse)
        check_cuts_into_blocks(options, at.input, stride, reverse)
        check_makes_blocks(options, at.input, stride**2)
        return cls(**chained(at), stride=stride, reverse=reverse)

    @property
    def grid(self) -> tuple[int, int]:
        """The input's height and width, as if it were the smaller image in both directions."""
        c, h, w = self.input
        return c // self.stride**2 * h, w


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReorgFlatten(Spec):
    """[reorg] with flatten=1 (pjreddie's program): reorders the values by pixel or, in reverse, by channel.

    Attributes:
        stride: determines the output's shape, which has the same number of values.
        reverse: whether values ordered by pixel are reordered by channel.
    """

    sections = ("reorg",)
    authors = ("pjreddie",)

    stride: int
    reverse: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg] section."""
        return Reorg.read(options, at)

    @property
    def output(self) -> Shape:
        """The shape that [reorg] would have without flatten."""
        return reorganized(self.input, self.stride, self.reverse)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReorgExtra(Spec):
    """[reorg] with extra (pjreddie's program): the input as a vector, followed by zeros.

    Attributes:
        extra: number of zeros.
    """

    sections = ("reorg",)
    authors = ("pjreddie",)

    extra: int

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg] section."""
        return Reorg.read(options, at)

    @property
    def makes_vector(self) -> bool:
        """Always True."""
        return True

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.input.size + self.extra, 1, 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReorgPlanes(Blocks):
    """[reorg] of WongKinYiu's program: concatenates four images with every other row and column of all channels.

    They start at (row 0, column 0), (1, 0), (0, 1), (1, 1), in this order.
    """

    sections = ("reorg",)
    authors = ("WongKinYiu",)

    @classmethod
    def read(cls, options: Options, at: Position) -> ReorgPlanes:
        """Read a [reorg] section."""
        return read_for_pytorch(options, at)

    @property
    def grid(self) -> tuple[int, int]:
        """The output's height and width, with the rows of the input's channels stacked."""
        c, h, w = self.output
        return c // self.stride**2 * h, w


@reads(ReorgPlanes, "reorg", "dwt", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> ReorgPlanes:
    """Read a [reorg] section as WongKinYiu's reader does, with blocks of 2x2 regardless of `stride`.

    [dwt] is a wavelet transform if the library pytorch_wavelets is installed there, and otherwise the same as [reorg].
    """
    if at.input.h % 2 or at.input.w % 2:
        raise GraphError(at.place, f"splits its input into blocks of 2x2, but height or width of {at.input} is odd")
    if options.has("stride") and options.needed_window("stride") != 2:
        options.notice("stride", "WongKinYiu's reader ignores it and uses blocks of 2x2")
    if options.section.name != "reorg":
        options.notice_section("is read as [reorg]; the wavelet transform of pytorch_wavelets is not supported")
    return ReorgPlanes(**chained(at), stride=2, reverse=False, columns_first=True)
