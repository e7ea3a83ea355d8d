"""[implicit]: parse_implicit in src/parser.c, src/representation_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import referring


@layer
@dataclass(frozen=True, kw_only=True)
class Implicit(Parametric):
    """Learned numbers, the same for every picture (implicit knowledge, YOLOR).

    It reads nothing; the network's input stands as its source for the number of pictures.

    Attributes:
        filters: channels.
        atoms: height.
        mean, deviation: the numbers start between mean - deviation and mean + deviation.
    """

    sections = ("implicit",)
    vectors = "reads"
    option_notes = {
        "std": "spread of the random start in training",
    }
    authors = ("AlexeyAB",)
    reads_buffers = True

    filters: int
    atoms: int
    mean: float
    deviation: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Implicit:
        """Read an [implicit] section."""
        return cls(
            **referring(at, (-1,)),
            filters=options.integer("filters", 128, least=1),
            atoms=options.integer("atoms", 1, least=1),
            mean=options.number("mean", 0.0),
            deviation=options.number("std", 0.2),
            loads=not options.flag("dontload"),
        )

    @property
    def output(self) -> Shape:
        """A column of atoms for each filter."""
        return Shape(self.filters, self.atoms, 1)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """The numbers."""
        return (Blob("weights", (self.filters, self.atoms)),)
