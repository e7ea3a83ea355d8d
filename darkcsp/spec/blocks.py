"""Rearrangements of blocks of pixels, shared by [reorg] and [reorg3d]."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Blocks(Spec):
    """A rearrangement of blocks of pixels.

    Forward, the values are viewed as (rows, stride, columns, stride) and permuted to (stride, stride, rows, columns);
    in reverse they are permuted back. In both cases the result is reshaped to the output's shape. With `columns_first`
    the two strides of the result are swapped.

    Attributes:
        stride: height and width of a block.
        reverse: whether channels become blocks.
        columns_first: whether the forward direction orders the pixels of a block column by column.
    """

    stride: int
    reverse: bool
    columns_first: bool = False

    @property
    @abstractmethod
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of blocks, with the rows of all channels stacked."""

    @property
    def output(self) -> Shape:
        """Height and width divided, or multiplied, by the stride."""
        return reorganized(self.input, self.stride, self.reverse)


def reorganized(shape: Shape, stride: int, reverse: bool) -> Shape:
    """Return the shape after the rearrangement."""
    c, h, w = shape
    if reverse:
        return Shape(c // stride**2, h * stride, w * stride)
    return Shape(c * stride**2, h // stride, w // stride)


def check_cuts_into_blocks(options: Options, shape: Shape, stride: int, reverse: bool) -> None:
    """Raise OptionError if a forward layer cannot split its input into blocks: Darknet would write out of bounds."""
    if not reverse and (shape.h % stride or shape.w % stride):
        raise options.error("stride", f"must divide height and width of the input, {shape}")


def check_makes_blocks(options: Options, shape: Shape, divisor: int) -> None:
    """Raise OptionError if the channels do not form whole blocks."""
    if shape.c % divisor:
        raise options.error("stride", f"needs a multiple of {divisor} channels; the input has {shape.c}")
