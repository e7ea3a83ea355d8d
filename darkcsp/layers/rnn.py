"""[rnn]: parse_rnn in src/parser.c, src/rnn_layer.c."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.layers.connected import Connected
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.batch_normalization import normalizing
from darkcsp.spec.blob import StateSpec
from darkcsp.spec.parametric import read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.recurrent import Parts, Recurrent
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Rnn(Recurrent):
    """A simple recurrent layer: hidden = input(x) + self(hidden), output = output(hidden), all fully connected.

    Attributes:
        outputs: number of outputs.
        hidden: length of the state; pjreddie's program uses `output` for it.
        activation: effective function of the sublayers input and output.
        self_activation: effective function of the sublayer self; AlexeyAB's option `logistic` changes it.
        shortcut: whether the old state is added to the new.
        flat: whether the output has no height, width and channels in Darknet (pjreddie's program).
    """

    sections = ("rnn",)
    vectors = "reads"
    option_notes = {
        "logistic": "1 applies logistic to the output",
    }
    fork_options = frozenset(["logistic"])

    outputs: int
    hidden: int
    activation: str
    self_activation: str
    shortcut: bool
    flat: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [rnn] section."""
        outputs = options.integer("output", 1, least=1)
        activation = read_activation(options, "logistic", at.program)
        return cls(
            **chained(at),
            outputs=outputs,
            hidden=_read_hidden(options, at, outputs),
            flat=at.program.author == "pjreddie",
            **normalizing(options.flag("batch_normalize"), at.program),
            activation=activation,
            self_activation={1: "logistic", 2: "loggy"}.get(options.integer("logistic", 0), activation),
            shortcut=options.flag("shortcut"),
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """input, self, output."""
        (state,) = self.states
        return {
            "input": Connected.part_of(self, self.input, self.hidden, self.activation),
            "self": Connected.part_of(self, state.shape, self.hidden, self.self_activation),
            "output": Connected.part_of(self, state.shape, self.outputs, self.activation),
        }

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden."""
        return (StateSpec("hidden", Shape(self.hidden, 1, 1)),)

    @property
    def makes_vector(self) -> bool:
        """Depends on the program, see `flat`."""
        return self.flat

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)


def _read_hidden(options: Options, at: Position, outputs: int) -> int:
    if at.program.author != "pjreddie":
        return options.integer("hidden", 1, least=1)
    if options.integer("hidden", outputs) != outputs:
        options.notice("hidden", f"pjreddie's Darknet ignores it and uses the number of outputs, {outputs}")
    return outputs
