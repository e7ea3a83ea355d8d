"""[maxpool]: parse_maxpool in src/parser.c, src/maxpool_layer.c."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.spec.blur import Blur, read_blur
from darkcsp.spec.spec import Position, Shape, Spec, chained, layer


@dataclass(frozen=True, kw_only=True)
class Window(Spec):
    """A square window moved over the picture: what [maxpool] and [local_avgpool] share.

    Attributes:
        size: height and width of the window.
        stride: (vertical, horizontal); (1, 1) where an antialiasing blur does the striding.
        padding: rows and columns added in total, padding // 2 of them in front (Darknet's default: size - 1).
    """

    size: int
    stride: tuple[int, int]
    padding: int

    @property
    def pooled(self) -> Shape:
        """Shape behind the window."""
        c, h, w = self.input
        return Shape(
            c,
            (h + self.padding - self.size) // self.stride[0] + 1,
            (w + self.padding - self.size) // self.stride[1] + 1,
        )

    @property
    def pads(self) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) padding that makes every window whole; negative bottom or right is a crop."""
        before = self.padding // 2
        down = (self.pooled.h - 1) * self.stride[0] + self.size - self.input.h - before
        right = (self.pooled.w - 1) * self.stride[1] + self.size - self.input.w - before
        return (before, before, down, right)

    @property
    def output(self) -> Shape:
        """One value per window."""
        return self.pooled

    @property
    def flops(self) -> float:
        """One comparison or addition per value in the window, as Darknet counts."""
        return float(self.size * self.size * self.input.c * self.output.h * self.output.w)


def read_window(options: Options) -> tuple[int, tuple[int, int], int]:
    """Read size, (vertical, horizontal) stride and total padding."""
    stride = options.integer("stride", 1)
    down, across = options.integer("stride_y", stride), options.integer("stride_x", stride)
    for key, value in (("stride_y", down), ("stride_x", across)):
        if value < 1:
            raise options.error(key if options.has(key) else "stride", "must be 1 or more")
    size = options.integer("size", stride, least=1)
    return size, (down, across), options.integer("padding", size - 1, least=0)


class Strip(NamedTuple):
    """Columns of a pooled picture whose windows lack their first taps.

    Attributes:
        start, stop: the output's columns.
        lost: how many columns of the window, from the left, are left out; the whole window means -FLT_MAX.
    """

    start: int
    stop: int
    lost: int


@layer
@dataclass(frozen=True, kw_only=True)
class Maxpool(Window):
    """The largest value of each window; positions outside the picture do not count.

    Attributes:
        blur: the antialiasing blur behind it, or None.
    """

    sections = ("maxpool", "max")
    option_notes = {
        "maxpool_depth": "1 takes the largest over channels instead of windows (maxout)",
        "out_channels": "channels that maxpool_depth leaves",
    }
    training_options = frozenset(["maxpool_zero_nonmax"])
    fork_options = frozenset(["stride_x", "stride_y", "maxpool_depth", "out_channels", "antialiasing"])

    blur: Blur | None = None

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [maxpool] section; `maxpool_depth` makes it a MaxpoolDepth."""
        size, stride, padding = read_window(options)
        out_channels = options.integer("out_channels", 1, least=1)
        blur = read_blur(options, stride)
        if options.flag("maxpool_depth"):
            if blur:
                raise options.error("antialiasing", "Darknet leaves the blur out over depth, but hands on its shape")
            return MaxpoolDepth(**chained(at), out_channels=out_channels, size=size)
        return cls(**chained(at), size=size, stride=(1, 1) if blur else stride, padding=padding, blur=blur)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The output's columns, cut where windows lose taps.

        AlexeyAB's AVX code (forward_maxpool_layer_avx in src/gemm.c) makes a block of columns at a time, eight with
        stride 1, four with size 2 and stride 2. A tap that lies left of the picture for the block's first column is
        left out for the whole block.
        """
        across, before, width = self.stride[1], self.padding // 2, self.pooled.w
        block = 0
        if self.dialect == "AlexeyAB" and self.stride[0] == across:
            block = 8 if across == 1 else 4 if (across, self.size) == (2, 2) else 0
        limit = width - 8 - (self.size - 1) if across == 1 else width - 4
        strips = []
        start = 0
        while block and start < limit and start * across < before:
            lost = min(before - start * across, self.size)
            strips.append(Strip(start, start + block, lost if across == 1 else self.size))
            start += block
        return (*strips, Strip(start, width, 0))

    @property
    def output_to_next(self) -> Shape:
        """Shape behind the blur."""
        return self.blur.output(self.pooled) if self.blur else self.pooled


@dataclass(frozen=True, kw_only=True)
class MaxpoolDepth(Spec):
    """[maxpool] with maxpool_depth=1, known as maxout: output channel g is the largest of g, g + n, g + 2n, ...

    Attributes:
        out_channels: n. Where it does not divide the channels, the last ones take part all the same.
        size: the section's size; it counts for the FLOPs alone.
    """

    sections = ("maxpool",)

    out_channels: int
    size: int

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [maxpool] section."""
        return Maxpool.read(options, at)

    @property
    def output(self) -> Shape:
        """out_channels of the input's height and width."""
        return self.input._replace(c=self.out_channels)

    @property
    def flops(self) -> float:
        """Counted as for a window."""
        return float(self.size * self.size * self.input.size)
