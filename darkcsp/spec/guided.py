"""Sections of WongKinYiu's programs that combine the layer above with another one, broadcast to its shape."""

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
    """The layer above combined with an earlier layer, usually one learned value per channel.

    Attributes:
        flat: whether the earlier layer's values are used as one per channel, regardless of their shape (..._2d).
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
        """Read a section. Raises GraphError if the shapes are not compatible."""
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
    """Read `from`; return the fields of a layer that reads the layer above and the first layer of `from`.

    Raises OptionError if it is missing, GraphError if there is no such layer.
    """
    references = at.resolve_all(options, "from")
    if len(references) > 1:
        options.notice("from", "WongKinYiu's reader uses only the first layer")
    return chained(at, references[0])


def check_broadcast(options: Options, first: Shape, second: Shape) -> None:
    """Raise GraphError unless the dimensions of two shapes are equal, or one of them is 1."""
    if first.broadcast(second) is None:
        raise GraphError(
            options.place_of("from"),
            f"from: the layer it refers to is {second}, the layer above is {first}; each dimension must be equal or 1",
        )


def note_no_activation(options: Options) -> None:
    """Record a notice about an activation that WongKinYiu's reader does not apply."""
    if options.text("activation", "linear") != "linear":
        options.notice("activation", f"WongKinYiu's reader ignores it in [{options.section.name}]")
