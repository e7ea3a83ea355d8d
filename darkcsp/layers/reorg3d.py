"""[reorg3d]: parse_reorg in src/parser.c, src/reorg_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.blocks import Blocks, check_cuts_into_blocks, check_makes_blocks
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reorg3d(Blocks):
    """Blocks of pixels to channels: channel (y stride + x) c + k of the output is pixel (y, x) of channel k's blocks.

    In reverse Darknet confuses the sizes of output and input, so the result is not the inverse.
    """

    sections = ("reorg3d",)
    authors = ("AlexeyAB",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [reorg3d] section."""
        stride, reverse = options.window("stride", 1, least=1), options.flag("reverse")
        check_cuts_into_blocks(options, at.input, stride, reverse)
        check_makes_blocks(options, at.input, stride**4 if reverse else 1)
        return cls(**chained(at), stride=stride, reverse=reverse)

    @property
    def grid(self) -> tuple[int, int]:
        """The output's height and width in both directions."""
        c, h, w = self.output
        return c // self.stride**2 * h, w
