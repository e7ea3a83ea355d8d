"""[l2norm]: parse_l2norm in src/parser.c, src/l2norm_layer.c of pjreddie's Darknet."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class L2norm(Spec):
    """The channels at each position, divided by their L2 norm.

    Attributes:
        keeps_zeros: whether channels that are all zero stay zero; on a CPU they become NaN.
    """

    sections = ("l2norm",)
    authors = ("pjreddie",)

    keeps_zeros: bool = True

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [l2norm] section; it has no options."""
        return cls(**chained(at), keeps_zeros=not at.program.on_cpu)

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input
