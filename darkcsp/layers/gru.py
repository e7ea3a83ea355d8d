"""[gru]: parse_gru in src/parser.c, src/gru_layer.c.

Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.layers.connected import Connected
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
class Gru(Recurrent):
    """A gated recurrent unit: z = logistic(uz(x) + wz(h)), same for r, n = f(uh(x) + wh(r h)), h = z h + (1 - z) n.

    The output is the state h. AlexeyAB's source calls the sublayers named u "input" and those named w "state".

    Attributes:
        outputs: number of outputs.
        activation: the function f: logistic, or tanh if the option tanh is set (pjreddie's program).
        state_first: whether the file stores the sublayers that read the state before those that read the input
            (pjreddie's program).
    """

    sections = ("gru",)
    vectors = "reads"
    option_notes = {
        "tanh": "1 makes the candidate state's activation tanh instead of logistic (pjreddie's program)",
    }

    outputs: int
    activation: str
    state_first: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [gru] section."""
        in_pjreddies = at.program.author == "pjreddie"
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            **normalizing(options.flag("batch_normalize"), at.program),
            activation="tanh" if in_pjreddies and options.flag("tanh") else "logistic",
            state_first=in_pjreddies,
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """uz, ur, uh from the input, wz, wr, wh from the state."""
        given = {f"u{gate}": Connected.part_of(self, self.input, self.outputs) for gate in "zrh"}
        state = {f"w{gate}": Connected.part_of(self, self.output, self.outputs) for gate in "zrh"}
        return state | given if self.state_first else given | state

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden."""
        return (StateSpec("hidden", self.output),)

    @property
    def makes_vector(self) -> bool:
        """Always True."""
        return True

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)
