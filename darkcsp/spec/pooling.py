"""Pooling with a square window, shared by [maxpool] and [local_avgpool] (src/maxpool_layer.c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Pooling(Spec):
    """A layer that reduces each window to one value.

    Attributes:
        size: height and width of the window.
        stride: (vertical, horizontal); (1, 1) if an antialiasing blur applies the stride.
        padding: rows and columns added in total, padding // 2 of them at the start (Darknet's default: size - 1).
    """

    option_attributes: ClassVar[Mapping[str, str]] = {"stride_x": "stride", "stride_y": "stride"}

    size: int
    stride: tuple[int, int]
    padding: int

    @property
    def pooled(self) -> Shape:
        """Shape after pooling, before any blur."""
        c, h, w = self.input
        return Shape(
            c,
            (h + self.padding - self.size) // self.stride[0] + 1,
            (w + self.padding - self.size) // self.stride[1] + 1,
        )

    @property
    def pads(self) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) padding that completes every window; a negative bottom or right crops."""
        before = self.padding // 2
        down = (self.pooled.h - 1) * self.stride[0] + self.size - self.input.h - before
        right = (self.pooled.w - 1) * self.stride[1] + self.size - self.input.w - before
        return (before, before, down, right)

    @property
    def open_pads(self) -> tuple[int, int, int, int]:
        """The same for pictures of any size; what no window covers is not read."""
        before = self.padding // 2
        return (before, before, self.padding - before, self.padding - before)

    @property
    def output(self) -> Shape:
        """One value per window."""
        return self.pooled

    @property
    def flops(self) -> float:
        """One comparison or addition per value in the window, as Darknet counts."""
        return float(self.size * self.size * self.input.c * self.output.h * self.output.w)


class PoolingWindow(NamedTuple):
    """Size, (vertical, horizontal) stride and total padding, as given by the options."""

    size: int
    stride: tuple[int, int]
    padding: int


def read_pytorch_pooling(options: Options) -> PoolingWindow:
    """Read size and stride as WongKinYiu's readers do. Raises OptionError.

    They pad by (size - 1) / 2 on each side, except that with size 2 and stride 1 they add a row of zeros at the bottom
    and a column at the right, which are part of the windows.
    """
    size, stride = options.needed_window("size", least=1), options.needed_window("stride", least=1)
    return PoolingWindow(size, (stride, stride), 1 if (size, stride) == (2, 1) else (size - 1) // 2 * 2)


def read_pooling(options: Options) -> PoolingWindow:
    """Read size, stride and padding. Raises OptionError."""
    stride = options.window("stride", 1)
    down, across = options.window("stride_y", stride), options.window("stride_x", stride)
    for key, value in (("stride_y", down), ("stride_x", across)):
        if value < 1:
            raise options.error(key if options.has(key) else "stride", "must be 1 or more")
    size = options.window("size", stride, least=1)
    return PoolingWindow(size, (down, across), options.window("padding", size - 1, least=0))
