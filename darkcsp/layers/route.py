"""[route]: parse_route in src/parser.c, src/route_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, referring


@layer
@dataclass(frozen=True, kw_only=True)
class Route(Spec):
    """Earlier layers one behind the other, or one group of the channels of each.

    Attributes:
        groups: into how many groups each source's channels are cut.
        group_id: which of them is taken.
    """

    sections = ("route",)
    option_attributes = {"layers": "sources"}
    sample = Sample(options="layers=-1\n")
    vectors = "keeps"
    training_options = frozenset(["stream", "wait_stream"])
    fork_options = frozenset(["groups", "group_id"])
    reads_buffers = True

    groups: int = 1
    group_id: int = 0

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [route] section."""
        references = at.resolve_all(options, "layers")
        groups = options.integer("groups", 1, least=1)
        spec = cls(**referring(at, references), groups=groups, group_id=options.integer("group_id", 0, least=0))
        if spec.group_id >= groups:
            raise options.error("group_id", f"must be below groups={groups}")
        first = spec.inputs[0]
        for reference, shape in zip(references, spec.inputs, strict=True):
            if (shape.h, shape.w) != (first.h, first.w):
                raise GraphError(
                    options.place_of("layers"),
                    f"layers: layer {references[0]} is {first}, layer {reference} is {shape}; "
                    "height and width must be equal",
                )
            if shape.c % groups:
                raise options.error("groups", f"must divide the {shape.c} channels of layer {reference}")
        return spec

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """All sources (parse_network_cfg_custom in src/parser.c)."""
        return self.sources

    @property
    def source_group(self) -> tuple[int, int] | None:
        """group_id of groups."""
        return (self.group_id, self.groups) if self.groups > 1 else None

    @property
    def output(self) -> Shape:
        """The sum of the sources' channels, by groups."""
        return self.inputs[0]._replace(c=sum(shape.c for shape in self.inputs) // self.groups)
