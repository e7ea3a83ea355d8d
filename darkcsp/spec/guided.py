"""Sections of WongKinYiu's programs that take the layer above together with another one, broadcast to its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.position import Position
from darkcsp.spec.program import Author
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, SpecFields, chained


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Guided(Spec):
    """The layer above, guided by an earlier layer: learned numbers as a rule, one for each channel.

    Attributes:
        flat: whether the earlier layer's values are taken as one for each channel, whatever their shape (..._2d).
    """

    authors: ClassVar[tuple[Author, ...]] = ("WongKinYiu",)
    option_attributes: ClassVar[Mapping[str, str]] = {"from": "sources"}
    sample: ClassVar[Sample] = Sample(
        "[convolutional]\nfilters=6\nsize=3\nstride=1\npad=1\nactivation=linear\n"
        "[implicit_add]\nfilters=6\n[route]\nlayers=-2\n",
        "from=-2\n",
    )

    flat: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a section. Raises GraphError where the shapes do not fit."""
        fields = read_pair(options, at)
        spec = cls(**fields, flat=options.section.name.endswith("_2d"))
        check_broadcast(options, spec.input, spec.guide)
        return spec

    @property
    def guide(self) -> Shape:
        """Shape of the earlier layer as it is used."""
        other = self.inputs[1]
        return Shape(other.size, 1, 1) if self.flat else other

    @property
    def output(self) -> Shape:
        """The common shape."""
        return self.input.broadcast(self.guide) or self.input


def read_pair(options: Options, at: Position) -> SpecFields:
    """Read `from`, of whose layers the first counts; return the fields of a layer that reads it besides the one above.

    Raises OptionError where it is missing, GraphError where there is no such layer.
    """
    references = at.resolve_all(options, "from")
    if len(references) > 1:
        options.notice("from", "WongKinYiu's reader takes the first layer alone")
    return chained(at, references[0])


def check_broadcast(options: Options, first: Shape, second: Shape) -> None:
    """Raise GraphError unless two shapes are equal where neither is 1."""
    if first.broadcast(second) is None:
        raise GraphError(
            options.place_of("from"),
            f"from: the layer there is {second}, the layer above is {first}; they must be equal where neither is 1",
        )


def note_no_activation(options: Options) -> None:
    """Tell of an activation that WongKinYiu's reader does not apply."""
    if options.text("activation", "linear") != "linear":
        options.notice("activation", f"WongKinYiu's reader applies none in [{options.section.name}]")
