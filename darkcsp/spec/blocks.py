"""Rearrangements of blocks of pixels: what [reorg] and [reorg3d] share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Blocks(Spec):
    """A rearrangement of blocks of pixels.

    Forward, the values are seen as (rows, stride, columns, stride) and become (stride, stride, rows, columns); in
    reverse they go back. Both ways the result is read as the output's shape. With `columns_first` the two strides of
    the result change places.

    Attributes:
        stride: height and width of a block.
        reverse: whether channels become blocks.
        columns_first: whether the pixels of a block follow each other column by column, forward.
    """

    stride: int
    reverse: bool
    columns_first: bool = False

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


def check_cuts_into_blocks(options: Options, shape: Shape, stride: int, reverse: bool) -> None:
    """Refuse a picture that a forward layer cannot cut into blocks: Darknet would write beyond the output."""
    if not reverse and (shape.h % stride or shape.w % stride):
        raise options.error("stride", f"must divide height and width of the input, {shape}")


def check_makes_blocks(options: Options, shape: Shape, divisor: int) -> None:
    """Refuse channels that do not make whole blocks."""
    if shape.c % divisor:
        raise options.error("stride", f"needs a multiple of {divisor} channels; the input has {shape.c}")
