"""[implicit]: parse_implicit in src/parser.c, src/representation_layer.c."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import referring


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Implicit(Parametric):
    """Learned values, the same for every image (implicit knowledge, YOLOR).

    The layer reads nothing; its source is the network's input, which gives the batch size.

    Attributes:
        filters: channels.
        atoms: height.
        mean, deviation: the values are initialised between mean - deviation and mean + deviation.
        starts_at_mean: whether the values are `mean` if no file holds them (WongKinYiu's program).
    """

    sections = ("implicit",)
    vectors = "reads"
    option_notes = {
        "std": "spread of the random initial values in training",
    }
    authors = ("AlexeyAB",)
    reads_buffers = True

    filters: int
    atoms: int
    mean: float
    deviation: float
    starts_at_mean: bool = False

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
        """`filters` channels of height `atoms` and width 1."""
        return Shape(self.filters, self.atoms, 1)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """The values."""
        return (Blob("weights", (self.filters, self.atoms)),)

    @property
    def initial_values(self) -> Mapping[str, float | tuple[float, ...]]:
        """The mean, if the values start there."""
        return {"weights": self.mean} if self.starts_at_mean else {}

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """The values."""
        return {"weights": "implicit"}

    def checkpoint_shape(self, blob: Blob) -> tuple[int, ...]:
        """The output's shape for a batch of one."""
        return (1, *self.output)


@reads(Implicit, "implicit_add", "implicit_cat", authors=("WongKinYiu",))
def read_addend(options: Options, at: Position) -> Implicit:
    """Read an [implicit_add] or [implicit_cat] section: one learned value for each filter, around 0."""
    return _of_pytorch(at, options.needed_integer("filters", least=1), 1, mean=0.0)


@reads(Implicit, "implicit_mul", authors=("WongKinYiu",))
def read_factor(options: Options, at: Position) -> Implicit:
    """Read an [implicit_mul] section: one learned value for each filter, around 1."""
    return _of_pytorch(at, options.needed_integer("filters", least=1), 1, mean=1.0)


@reads(Implicit, "implicit_add_2d", "implicit_mul_2d", "implicit_cat_2d", authors=("WongKinYiu",))
def read_table(options: Options, at: Position) -> Implicit:
    """Read an [implicit_..._2d] section: `atoms` rows with one value for each filter."""
    atoms, filters = options.needed_integer("atoms", least=1), options.needed_integer("filters", least=1)
    return _of_pytorch(at, atoms, filters, mean=1.0 if options.section.name.startswith("implicit_mul") else 0.0)


def _of_pytorch(at: Position, channels: int, rows: int, mean: float) -> Implicit:
    return Implicit(
        **referring(at, (-1,)),
        filters=channels,
        atoms=rows,
        mean=mean,
        deviation=0.02,
        starts_at_mean=True,
        loads=False,
    )
