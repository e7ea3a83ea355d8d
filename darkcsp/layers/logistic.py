"""[logistic]: parse_logistic in src/parser.c, src/logistic_layer.c of pjreddie's Darknet (its type LOGXENT)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Logistic(Spec):
    """The logistic function; in training, also the cross entropy loss."""

    sections = ("logistic",)
    vectors = "keeps"
    authors = ("pjreddie",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [logistic] section; it has no options."""
        return cls(**chained(at))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input
