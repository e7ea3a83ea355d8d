"""[reorg]: parse_reorg_old in src/parser.c, src/reorg_old_layer.c; in pjreddie's program parse_reorg.

Darknet's function for this (reorg_cpu in src/blas.c) turns deep channels into blocks of pixels. [reorg] runs it
backwards, so that what is meant as pixels into channels reads the picture as a shallow, large one.
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
        "flatten": "pjreddie's flattening form",
        "extra": "pjreddie's number of values to copy",
    }

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg] section. pjreddie's `flatten` and `extra` make it a ReorgFlatten or ReorgExtra."""
        stride, reverse = options.window("stride", 1, least=1), options.flag("reverse")
        if at.program.author == "pjreddie":
            flatten, extra = options.flag("flatten"), options.integer("extra", 0, least=0)
            if flatten and extra:
                raise options.error("extra", "Darknet reads beyond its input together with flatten=1")
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
        """The input's height and width, as if it were the small picture in both directions."""
        c, h, w = self.input
        return c // self.stride**2 * h, w


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReorgFlatten(Spec):
    """[reorg] with flatten=1 (pjreddie's program): the values of each pixel together, or in reverse of each channel.

    Attributes:
        stride: of the output's shape, which holds as many values.
        reverse: whether values that lie together by pixel are brought together by channel.
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
    """[reorg] with extra (pjreddie's program): the input as a vector, with zeros behind it.

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
        """Always."""
        return True

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.input.size + self.extra, 1, 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReorgPlanes(Blocks):
    """[reorg] of WongKinYiu's program: every other row and column of all channels, four such pictures together.

    Their order is (row 0, column 0), (1, 0), (0, 1), (1, 1).
    """

    sections = ("reorg",)
    authors = ("WongKinYiu",)

    @classmethod
    def read(cls, options: Options, at: Position) -> ReorgPlanes:
        """Read a [reorg] section."""
        return read_for_pytorch(options, at)

    @property
    def grid(self) -> tuple[int, int]:
        """The output's height and width, the rows of the input's channels below each other."""
        c, h, w = self.output
        return c // self.stride**2 * h, w


@reads(ReorgPlanes, "reorg", "dwt", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> ReorgPlanes:
    """Read a [reorg] section as WongKinYiu's reader does, in blocks of 2 whatever `stride` says.

    [dwt] is a wavelet where the library pytorch_wavelets is installed, and else the same.
    """
    if at.input.h % 2 or at.input.w % 2:
        raise GraphError(at.place, f"cuts the picture into blocks of 2x2, which {at.input} is not made of")
    if options.has("stride") and options.needed_window("stride") != 2:
        options.notice("stride", "WongKinYiu's reader ignores it: blocks are 2x2")
    if options.section.name != "reorg":
        options.notice_section("is read as [reorg]: as a wavelet, with pytorch_wavelets installed, it is not supported")
    return ReorgPlanes(**chained(at), stride=2, reverse=False, columns_first=True)
