"""[gru]: parse_gru in src/parser.c, src/gru_layer.c.

Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.layers.recurrent import Parts, Recurrent
from darkcsp.spec.spec import Position, Shape, Spec, StateSpec, chained, layer, read_loading


@layer
@dataclass(frozen=True, kw_only=True)
class Gru(Recurrent):
    """A gated recurrent unit: z = logistic(uz(x) + wz(h)), r likewise, n = f(uh(x) + wh(r h)), h = z h + (1 - z) n.

    The output is the state h. AlexeyAB's source calls the sublayers u "input" and those named w "state".

    Attributes:
        outputs: number of outputs.
        activation: f: logistic, or tanh where pjreddie's program is asked for it.
    """

    sections = ("gru",)
    option_notes = {
        "tanh": "1 makes the candidate state's activation tanh instead of logistic (pjreddie's program)",
    }

    outputs: int
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [gru] section."""
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            batch_normalize=options.flag("batch_normalize"),
            activation="tanh" if at.dialect == "pjreddie" and options.flag("tanh") else "logistic",
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """uz, ur, uh from the input, wz, wr, wh from the state; in pjreddie's files the latter are first."""
        given = {f"u{gate}": self.connected(self.input, self.outputs) for gate in "zrh"}
        state = {f"w{gate}": self.connected(self.output, self.outputs) for gate in "zrh"}
        return given | state if self.dialect == "AlexeyAB" else state | given

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden."""
        return (StateSpec("hidden", self.output),)

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)
