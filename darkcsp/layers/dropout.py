"""[dropout]: parse_dropout in src/parser.c, src/dropout_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dropout(Spec):
    """Passes its input on; in training, each value is zeroed with `probability` and the others are scaled up.

    Attributes:
        probability: probability that a value is dropped in training.
    """

    sections = ("dropout",)
    vectors = "keeps"
    training_options = frozenset(["dropblock", "dropblock_size_rel", "dropblock_size_abs"])

    probability: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [dropout] section."""
        default = 0.5 if at.program.author == "pjreddie" else 0.2
        return cls(**chained(at), probability=options.number("probability", default))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input


@reads(Dropout, "dropout", authors=("WongKinYiu",))
def refuse_for_pytorch(options: Options, at: Position) -> Dropout:
    """Reject a [dropout] section: WongKinYiu's reader needs its `probability`, but does not accept that option."""
    raise GraphError(at.place, "stops WongKinYiu's reader, which does not accept its option probability; remove it")
