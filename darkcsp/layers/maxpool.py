"""[maxpool]: parse_maxpool in src/parser.c, src/maxpool_layer.c.

AlexeyAB's AVX code loses taps if a window starts to the left of the input; his CUDA code does not.
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
    """Output columns whose windows lack their first taps.

    Attributes:
        start, stop: range of the output columns.
        lost: number of window columns that are skipped, from the left; if all are, the output is -FLT_MAX.
    """

    start: int
    stop: int
    lost: int


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Maxpool(Pooling):
    """Max pooling: the largest value in each window, usually ignoring positions outside the input.

    Attributes:
        blur: the antialiasing blur after the pooling, or None.
        block: number of columns computed at a time by code that loses taps; 0 if every window is complete, see
            `strips`.
        zeros_outside: whether positions outside the input count as 0 (size 2 and stride 1 in WongKinYiu's program).
    """

    sections = ("maxpool", "max")
    option_notes = {
        "maxpool_depth": "1 takes the maximum over channels instead of windows (maxout)",
        "out_channels": "output channels with maxpool_depth",
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
                raise options.error(
                    "antialiasing", "with maxpool_depth=1, Darknet skips the blur but still passes on its shape"
                )
            return MaxpoolDepth(**chained(at), out_channels=out_channels, size=size)
        stride = (1, 1) if blur else stride
        whole = cls(**chained(at), size=size, stride=stride, padding=padding, blur=blur)
        if not (at.program.on_cpu and at.program.author == "AlexeyAB"):
            return whole
        cut = dataclasses.replace(whole, block=_block(size, stride))
        return cut if cut.blocks else whole

    @property
    def blocks(self) -> range:
        """First column of each block whose windows lose taps."""
        across, before, width = self.stride[1], self.padding // 2, self.pooled.w
        limit = width - 8 - (self.size - 1) if across == 1 else width - 4
        return range(0, min(limit, -(-before // across)), self.block) if self.block else range(0)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The output's columns, split where windows lose taps.

        A tap that is to the left of the input for a block's first column is skipped for the whole block.
        """
        across, before = self.stride[1], self.padding // 2
        strips = [
            Strip(start, start + self.block, min(before - start * across, self.size) if across == 1 else self.size)
            for start in self.blocks
        ]
        return (*strips, Strip(strips[-1].stop if strips else 0, self.pooled.w, 0))

    @property
    def constants(self) -> int:
        """The outputs of windows without taps, and the blur's kernels."""
        lost = len(self.blocks) * self.block * self.pooled.h
        return lost + (self.input.c * self.blur.size**2 if self.blur else 0)

    @property
    def steps(self) -> int:
        """Up to four for each strip."""
        return 1 + 4 * len(self.blocks)

    @property
    def output_to_next(self) -> Shape:
        """Shape after the blur."""
        return self.blur.output(self.pooled) if self.blur else self.pooled


@reads(Maxpool, "maxpool")
def read_for_pytorch(options: Options, at: Position) -> Maxpool:
    """Read a [maxpool] section as WongKinYiu's readers do."""
    window = read_pytorch_pooling(options)
    return Maxpool(**chained(at), **window._asdict(), zeros_outside=(window.size, window.stride) == (2, (1, 1)))


def _block(size: int, stride: tuple[int, int]) -> int:
    """Return the columns that forward_maxpool_layer_avx (src/gemm.c) computes at a time: 8, or 4 if size=stride=2."""
    if stride == (1, 1):
        return 8
    return 4 if (size, stride) == (2, (2, 2)) else 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MaxpoolDepth(Spec):
    """[maxpool] with maxpool_depth=1, known as maxout: output channel g is the maximum of g, g + n, g + 2n, ...

    Attributes:
        out_channels: n. If it does not divide the number of channels, the last ones are still included.
        size: the section's size; it only affects the FLOPs.
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
        """`out_channels` channels with the input's height and width."""
        return self.input._replace(c=self.out_channels)

    @property
    def flops(self) -> float:
        """Counted as for windows."""
        return float(self.size * self.size * self.input.size)

    @property
    def steps(self) -> int:
        """One for each channel in the maximum."""
        return 1 + self.input.c // self.out_channels
