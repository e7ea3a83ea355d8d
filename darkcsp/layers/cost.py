"""[cost]: parse_cost in src/parser.c, src/cost_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Cost(Spec):
    """The loss of a classifier. It has no output of its own; the network's output is its input."""

    sections = ("cost",)
    has_output = False
    vectors = "reads"
    training_options = frozenset(["type", "scale", "ratio", "noobj", "thresh"])

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [cost] section."""
        return cls(**chained(at))

    @property
    def output(self) -> Shape:
        """A vector with as many values as the input."""
        return Shape(self.input.size, 1, 1)
