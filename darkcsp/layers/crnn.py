"""[crnn]: parse_crnn in src/parser.c, src/crnn_layer.c."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.layers.recurrent import Parts, RecurrentConvolutions, Window, read_window
from darkcsp.spec.activations import read_activation
from darkcsp.spec.spec import Position, Shape, Spec, StateSpec, chained, layer, read_loading


@layer
@dataclass(frozen=True, kw_only=True)
class Crnn(RecurrentConvolutions):
    """A plain recurrent layer of convolutions: hidden = input(x) + self(hidden), output = output(hidden).

    Attributes:
        filters: channels of the output.
        hidden: channels of the state.
        shortcut: whether the old state is added to the new.
    """

    sections = ("crnn",)
    option_notes = {
        "size": "height and width of the kernels; the state keeps the picture's size",
        "stride": "must be 1",
        "padding": "must keep the picture's size",
        "pad": "1 pads by half the kernel",
        "groups": "groups of channels of every convolution",
        "dilation": "spacing of the kernels' taps",
        "xnor": "must be 0",
        "output": "channels of the output (AlexeyAB's name)",
        "hidden": "channels of the state (AlexeyAB's name)",
        "output_filters": "channels of the output (pjreddie's name)",
        "hidden_filters": "channels of the state (pjreddie's name)",
    }
    fork_options = frozenset("size stride dilation pad padding groups xnor".split())

    filters: int
    hidden: int
    shortcut: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [crnn] section."""
        filters, hidden = _read_widths(options, at)
        theirs = at.dialect == "pjreddie"  # always 3x3 with padding
        if theirs and at.input.h != at.input.w:
            raise GraphError(
                options.place, f"pjreddie's Darknet takes height for width here; expected a square, not {at.input}"
            )
        return cls(
            **chained(at),
            filters=filters,
            hidden=hidden,
            window=Window() if theirs else read_window(options, at.input.c, hidden, filters),
            batch_normalize=options.flag("batch_normalize"),
            activation=read_activation(options, "logistic", "convolutional", at.dialect),
            shortcut=options.flag("shortcut"),
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """input, self, output."""
        (state,) = self.states
        return {
            "input": self.convolutional(self.input, self.hidden),
            "self": self.convolutional(state.shape, self.hidden),
            "output": self.convolutional(state.shape, self.filters),
        }

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden."""
        return (StateSpec("hidden", self.input._replace(c=self.hidden)),)

    @property
    def output(self) -> Shape:
        """`filters` of the input's height and width."""
        return self.input._replace(c=self.filters)


def _read_widths(options: Options, at: Position) -> tuple[int, int]:
    """Read (output, hidden), under the names that the program knows.

    Each program takes 1 where it finds nothing under its names. A section with the other's names is meant for that.
    """
    names = {"AlexeyAB": ("output", "hidden"), "pjreddie": ("output_filters", "hidden_filters")}
    own = names.pop(at.dialect)
    ((other, foreign),) = names.items()
    for name, strange in zip(own, foreign, strict=True):
        if not options.has(name) and options.has(strange):
            raise GraphError(
                options.place_of(strange),
                f"{strange}={options.integer(strange, 1)}: is {other}'s name; {at.dialect}'s Darknet calls it {name}",
            )
    output, hidden = (options.integer(name, 1, least=1) for name in own)
    return output, hidden
