"""[softmax]: parse_softmax in src/parser.c, src/softmax_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.layers.spec import Position, Shape, Spec, chained, layer


@layer
@dataclass(frozen=True, kw_only=True)
class Softmax(Spec):
    """Softmax over consecutive values of the flattened input, in `groups` runs of equal length.

    Attributes:
        groups: number of runs.
        temperature: divisor of the inputs.
    """

    sections = ("softmax", "soft")
    training_options = frozenset(["noloss"])

    groups: int
    temperature: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [softmax] section."""
        groups = options.integer("groups", 1, least=1)
        temperature = options.number("temperature", 1)
        if temperature == 0:
            raise options.error("temperature", "must not be 0")
        if at.input.size % groups:
            raise options.error("groups", f"must divide the {at.input.size} values of the input")
        return cls(**chained(at), groups=groups, temperature=temperature)

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.input.size, 1, 1)
