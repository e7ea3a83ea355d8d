"""[reorg]: parse_reorg_old in src/parser.c, src/reorg_old_layer.c; in pjreddie's program parse_reorg.

Darknet's function for this (reorg_cpu in src/blas.c) turns deep channels into blocks of pixels. [reorg] runs it
backwards, so that what is meant as pixels into channels reads the picture as a shallow, large one.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.spec import Position, Shape, Spec, chained, layer


@dataclass(frozen=True, kw_only=True)
class Blocks(Spec):
    """A rearrangement of blocks of pixels: what [reorg] and [reorg3d] share.

    Forward, the values are seen as (rows, stride, columns, stride) and become (stride, stride, rows, columns); in
    reverse they go back. Both ways the result is read as the output's shape.

    Attributes:
        stride: height and width of a block.
        reverse: whether channels become blocks.
    """

    stride: int
    reverse: bool

    @property
    @abstractmethod
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of blocks; the rows of all channels below each other."""

    @property
    def output(self) -> Shape:
        """Height and width divided by the stride, or times it."""
        return reorganized(self.input, self.stride, self.reverse)


def reorganized(shape: Shape, stride: int, reverse: bool) -> Shape:
    """Return the shape behind the rearrangement."""
    c, h, w = shape
    if reverse:
        return Shape(c // stride**2, h * stride, w * stride)
    return Shape(c * stride**2, h // stride, w // stride)


def check_divides(options: Options, shape: Shape, stride: int, reverse: bool) -> None:
    """Refuse a picture that a forward layer cannot cut into blocks: Darknet would write beyond the output."""
    if not reverse and (shape.h % stride or shape.w % stride):
        raise options.error("stride", f"must divide height and width of the input, {shape}")


def check_channels(options: Options, shape: Shape, divisor: int) -> None:
    """Refuse channels that do not make whole blocks."""
    if shape.c % divisor:
        raise options.error("stride", f"needs a multiple of {divisor} channels; the input has {shape.c}")


@layer
@dataclass(frozen=True, kw_only=True)
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
        stride, reverse = options.integer("stride", 1, least=1), options.flag("reverse")
        if at.dialect == "pjreddie":
            flatten, extra = options.flag("flatten"), options.integer("extra", 0, least=0)
            if flatten and extra:
                raise options.error("extra", "Darknet reads beyond its input together with flatten=1")
            if extra:
                return ReorgExtra(**chained(at), extra=extra)
            if flatten:
                check_divides(options, at.input, stride, reverse)
                check_channels(options, at.input, stride**2 if reverse else 1)
                return ReorgFlatten(**chained(at), stride=stride, reverse=reverse)
        check_divides(options, at.input, stride, reverse)
        check_channels(options, at.input, stride**2)
        return cls(**chained(at), stride=stride, reverse=reverse)

    @property
    def grid(self) -> tuple[int, int]:
        """The input's height and width, as if it were the small picture in both directions."""
        c, h, w = self.input
        return c // self.stride**2 * h, w


@dataclass(frozen=True, kw_only=True)
class ReorgFlatten(Spec):
    """[reorg] with flatten=1 (pjreddie's program): the values of each pixel together, or in reverse of each channel.

    Attributes:
        stride: of the output's shape, which holds as many values.
        reverse: whether values that lie together by pixel are brought together by channel.
    """

    sections = ("reorg",)
    dialects = ("pjreddie",)

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


@dataclass(frozen=True, kw_only=True)
class ReorgExtra(Spec):
    """[reorg] with extra (pjreddie's program): the input as a vector, with zeros behind it.

    Attributes:
        extra: number of zeros.
    """

    sections = ("reorg",)
    dialects = ("pjreddie",)

    extra: int

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg] section."""
        return Reorg.read(options, at)

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.input.size + self.extra, 1, 1)
