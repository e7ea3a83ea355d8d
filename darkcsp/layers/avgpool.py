"""[avgpool]: parse_avgpool in src/parser.c, src/avgpool_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Avgpool(Spec):
    """The mean of each whole channel. Darknet counts no FLOPs for it."""

    sections = ("avgpool", "avg")

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [avgpool] section; it has no options."""
        return cls(**chained(at))

    @property
    def output(self) -> Shape:
        """(c, 1, 1)."""
        return Shape(self.input.c, 1, 1)


@reads(Avgpool, "avgpool", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> Avgpool:
    """Read an [avgpool] section as WongKinYiu's reader does."""
    return Avgpool(**chained(at))
