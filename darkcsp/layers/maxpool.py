"""[maxpool]: parse_maxpool in src/parser.c, src/maxpool_layer.c.

AlexeyAB's AVX code loses taps where a window begins left of the picture; his CUDA code does not.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.spec.blur import Blur, read_blur
from darkcsp.spec.pooling import Pooling, read_pooling, read_pytorch_pooling
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


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
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Maxpool(Pooling):
    """The largest value of each window; positions outside the picture do not count, as a rule.

    Attributes:
        blur: the antialiasing blur behind it, or None.
        block: how many columns are made at a time by code that loses taps; 0 where every window is whole, see
            `strips`.
        zeros_outside: whether positions outside the picture count as 0 (size 2 and stride 1 in WongKinYiu's program).
    """

    sections = ("maxpool", "max")
    option_notes = {
        "maxpool_depth": "1 takes the largest over channels instead of windows (maxout)",
        "out_channels": "channels that maxpool_depth leaves",
    }
    option_attributes = {"antialiasing": "blur"}
    training_options = frozenset(["maxpool_zero_nonmax"])
    fork_options = frozenset(["stride_x", "stride_y", "maxpool_depth", "out_channels", "antialiasing"])

    blur: Blur | None = None
    block: int = 0
    zeros_outside: bool = False

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [maxpool] section; `maxpool_depth` makes it a MaxpoolDepth."""
        size, stride, padding = read_pooling(options)
        out_channels = options.integer("out_channels", 1, least=1)
        blur = read_blur(options, stride)
        if options.flag("maxpool_depth"):
            if blur:
                raise options.error("antialiasing", "Darknet leaves the blur out over depth, but hands on its shape")
            return MaxpoolDepth(**chained(at), out_channels=out_channels, size=size)
        stride = (1, 1) if blur else stride
        whole = cls(**chained(at), size=size, stride=stride, padding=padding, blur=blur)
        if not (at.program.on_cpu and at.program.author == "AlexeyAB"):
            return whole
        cut = dataclasses.replace(whole, block=_block(size, stride))
        return cut if cut.blocks else whole

    @property
    def blocks(self) -> range:
        """First columns of the blocks whose windows lose taps."""
        across, before, width = self.stride[1], self.padding // 2, self.pooled.w
        limit = width - 8 - (self.size - 1) if across == 1 else width - 4
        return range(0, min(limit, -(-before // across)), self.block) if self.block else range(0)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The output's columns, cut where windows lose taps.

        A tap that lies left of the picture for a block's first column is left out for the whole block.
        """
        across, before = self.stride[1], self.padding // 2
        strips = [
            Strip(start, start + self.block, min(before - start * across, self.size) if across == 1 else self.size)
            for start in self.blocks
        ]
        return (*strips, Strip(strips[-1].stop if strips else 0, self.pooled.w, 0))

    @property
    def constants(self) -> int:
        """What stands for windows without taps, and the blur's kernels."""
        lost = len(self.blocks) * self.block * self.pooled.h
        return lost + (self.input.c * self.blur.size**2 if self.blur else 0)

    @property
    def steps(self) -> int:
        """Up to four for each strip."""
        return 1 + 4 * len(self.blocks)

    @property
    def output_to_next(self) -> Shape:
        """Shape behind the blur."""
        return self.blur.output(self.pooled) if self.blur else self.pooled


@reads(Maxpool, "maxpool")
def read_for_pytorch(options: Options, at: Position) -> Maxpool:
    """Read a [maxpool] section as WongKinYiu's readers do."""
    window = read_pytorch_pooling(options)
    return Maxpool(**chained(at), **window._asdict(), zeros_outside=(window.size, window.stride) == (2, (1, 1)))


def _block(size: int, stride: tuple[int, int]) -> int:
    """Columns that forward_maxpool_layer_avx (src/gemm.c) makes at a time: eight, or four with size and stride 2."""
    if stride == (1, 1):
        return 8
    return 4 if (size, stride) == (2, (2, 2)) else 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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

    @property
    def steps(self) -> int:
        """One for each channel that an output is the largest of."""
        return 1 + self.input.c // self.out_channels
