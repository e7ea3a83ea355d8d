"""[lstm]: parse_lstm in src/parser.c, src/lstm_layer.c. Gers et al., "Learning to Forget", 2000."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.layers.recurrent import Parts, Recurrent
from darkcsp.spec.spec import Position, Shape, Spec, StateSpec, chained, layer, read_loading


@layer
@dataclass(frozen=True, kw_only=True)
class Lstm(Recurrent):
    """A long short-term memory: f = logistic(wf(h) + uf(x)), i and o likewise, g = tanh(wg(h) + ug(x)).

    Then c = f c + i g and h = o tanh(c); the output is h.

    Attributes:
        outputs: number of outputs.
    """

    sections = ("lstm",)

    outputs: int

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [lstm] section."""
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            batch_normalize=options.flag("batch_normalize"),
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """wf, wi, wg, wo from the state, uf and so on from the input; pjreddie's files have the gates as i, f, o, g."""
        gates = "figo" if self.dialect == "AlexeyAB" else "ifog"
        return {
            **{f"w{gate}": self.connected(self.output, self.outputs) for gate in gates},
            **{f"u{gate}": self.connected(self.input, self.outputs) for gate in gates},
        }

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden and cell."""
        return (StateSpec("hidden", self.output), StateSpec("cell", self.output))

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)
