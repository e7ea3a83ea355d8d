"""[route]: parse_route in src/parser.c, src/route_layer.c."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, referring


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Route(Spec):
    """The channels of earlier layers concatenated, or one group of the channels of each.

    Attributes:
        groups: number of groups into which each source's channels are split.
        group_id: index of the group that is used.
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
        for reference, shape in zip(references, _of_equal_size(spec, options).inputs, strict=True):
            if shape.c % groups:
                raise options.error("groups", f"must divide the {shape.c} channels of layer {reference}")
        return spec

    @property
    def hands_on(self) -> bool:
        """Whether there is only one source, and all of its channels are used."""
        return len(self.sources) == 1 and self.groups == 1

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """All sources (parse_network_cfg_custom in src/parser.c)."""
        return self.sources

    @property
    def source_group(self) -> tuple[int, int] | None:
        """(group_id, groups)."""
        return (self.group_id, self.groups) if self.groups > 1 else None

    @cached_property
    def output(self) -> Shape:
        """The sum of the sources' channels, or of their groups."""
        return self.inputs[0]._replace(c=sum(shape.c // self.groups for shape in self.inputs))


def _of_equal_size(spec: Route, options: Options) -> Route:
    """Return the spec. Raises GraphError if a source's height or width differs from the first."""
    first = spec.inputs[0]
    for reference, shape in zip(spec.sources, spec.inputs, strict=True):
        if (shape.h, shape.w) != (first.h, first.w):
            raise GraphError(
                options.place_of("layers"),
                f"layers: layer {spec.sources[0]} is {first}, layer {reference} is {shape}; "
                "height and width must be equal",
            )
    return spec


@reads(Route, "route")
def read_for_pytorch(options: Options, at: Position) -> Route:
    """Read a [route] section as WongKinYiu's readers do: they use all channels, regardless of `groups`."""
    if options.has("groups"):
        options.notice("groups", "WongKinYiu's reader ignores it and uses all channels")
    return _whole(options, at)


@reads(Route, "route2", "route3", authors=("WongKinYiu",))
def read_few(options: Options, at: Position) -> Route:
    """Read a [route2] or [route3] section: the concatenation of two or three sources."""
    wanted = {"route2": 2, "route3": 3}[options.section.name]
    if len(options.references("layers")) != wanted:
        raise options.error("layers", f"[{options.section.name}] takes {wanted} layers")
    return _whole(options, at)


@reads(Route, "route_lhalf")
def read_half(options: Options, at: Position) -> Route:
    """Read a [route_lhalf] section: the first half of each source's channels, rounded down."""
    return _of_equal_size(Route(**referring(at, _resolve(options, at)), groups=2, group_id=0), options)


def _whole(options: Options, at: Position) -> Route:
    return _of_equal_size(Route(**referring(at, _resolve(options, at))), options)


def _resolve(options: Options, at: Position) -> tuple[int, ...]:
    """Resolve `layers`. Raises GraphError for a 0 whose channels WongKinYiu's reader miscounts."""
    sources = at.resolve_all(options, "layers")
    channels = at.shape_of(0).c
    if 0 in options.references("layers") and channels != at.network_input.c:
        raise options.misfit(
            "layers",
            f"WongKinYiu's reader counts the input's {at.network_input.c} channels for layer 0, which has {channels}; "
            f"write -{at.index} instead of 0",
        )
    return sources
