"""[lstm]: parse_lstm in src/parser.c, src/lstm_layer.c. Gers et al., "Learning to Forget", 2000."""

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
class Lstm(Recurrent):
    """A long short-term memory: f = logistic(wf(h) + uf(x)), same for i and o, g = tanh(wg(h) + ug(x)).

    Then c = f c + i g and h = o tanh(c); the output is h.

    Attributes:
        outputs: number of outputs.
        gates: the order of the gates in files: f, i, g, o; in pjreddie's program i, f, o, g.
        flat: whether the output has no height, width and channels in Darknet (pjreddie's program).
    """

    sections = ("lstm",)
    vectors = "reads"

    outputs: int
    gates: str
    flat: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [lstm] section."""
        in_pjreddies = at.program.author == "pjreddie"
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            gates="ifog" if in_pjreddies else "figo",
            flat=in_pjreddies,
            **normalizing(options.flag("batch_normalize"), at.program),
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """wf, wi, wg, wo from the state, uf, ui, ug, uo from the input."""
        return {
            **{f"w{gate}": Connected.part_of(self, self.output, self.outputs) for gate in self.gates},
            **{f"u{gate}": Connected.part_of(self, self.input, self.outputs) for gate in self.gates},
        }

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden and cell."""
        return (StateSpec("hidden", self.output), StateSpec("cell", self.output))

    @property
    def makes_vector(self) -> bool:
        """Depends on the program, see `flat`."""
        return self.flat

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)
