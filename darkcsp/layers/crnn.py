"""[crnn]: parse_crnn in src/parser.c, src/crnn_layer.c."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.layers.convolutional import Convolutional
from darkcsp.spec.activation_functions import SPECIAL, read_activation
from darkcsp.spec.batch_normalization import normalizing
from darkcsp.spec.blob import StateSpec
from darkcsp.spec.parametric import read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.program import Author
from darkcsp.spec.recurrent import Kernel, Parts, RecurrentConvolutions, read_kernel
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained

_NAMES: Mapping[Author, tuple[str, str]] = {
    "AlexeyAB": ("output", "hidden"),
    "pjreddie": ("output_filters", "hidden_filters"),
}
"""Each program's names for the channels of output and state."""


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Crnn(RecurrentConvolutions):
    """A simple convolutional recurrent layer: hidden = input(x) + self(hidden), output = output(hidden).

    Attributes:
        filters: channels of the output.
        hidden: channels of the state.
        shortcut: whether the old state is added to the new.
    """

    sections = ("crnn",)
    option_notes = {
        **RecurrentConvolutions.option_notes,
        "output": "channels of the output (AlexeyAB's name)",
        "hidden": "channels of the state (AlexeyAB's name)",
        "output_filters": "channels of the output (pjreddie's name)",
        "hidden_filters": "channels of the state (pjreddie's name)",
    }
    sample = Sample(options="pad=1\n")
    fork_options = frozenset("size stride dilation pad padding groups xnor".split())

    filters: int
    hidden: int
    shortcut: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [crnn] section."""
        filters, hidden = _read_widths(options, at)
        in_pjreddies = at.program.author == "pjreddie"  # always 3x3 with padding
        if in_pjreddies and at.input.h != at.input.w:
            raise GraphError(
                options.place, f"pjreddie's Darknet mixes up height and width; expected a square input, not {at.input}"
            )
        return cls(
            **chained(at),
            filters=filters,
            hidden=hidden,
            kernel=Kernel() if in_pjreddies else read_kernel(options, at.input.c, hidden, filters),
            **normalizing(options.flag("batch_normalize"), at.program),
            activation=read_activation(options, "logistic", at.program, SPECIAL),
            shortcut=options.flag("shortcut"),
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """input, self, output."""
        (state,) = self.states
        return {
            "input": Convolutional.part_of(self, self.input, self.hidden),
            "self": Convolutional.part_of(self, state.shape, self.hidden),
            "output": Convolutional.part_of(self, state.shape, self.filters),
        }

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden."""
        return (StateSpec("hidden", self.input._replace(c=self.hidden)),)

    @property
    def output(self) -> Shape:
        """`filters` channels with the input's height and width."""
        return self.input._replace(c=self.filters)


def _read_widths(options: Options, at: Position) -> tuple[int, int]:
    """Read (output, hidden) by the names that the program knows.

    Each program uses 1 for an option that is missing. A section with the other program's names is meant for that.
    """
    author = at.program.author
    own = _NAMES[author]
    for other, foreign in _NAMES.items():
        for name, strange in zip(own, foreign, strict=True):
            if not options.has(name) and options.has(strange):
                raise GraphError(
                    options.place_of(strange),
                    f"{strange}={options.integer(strange, 1)}: is {other}'s name; {author}'s Darknet calls it {name}",
                )
    output, hidden = (options.integer(name, 1, least=1) for name in own)
    return output, hidden
