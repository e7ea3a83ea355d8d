"""[history]: parse_history in src/parser.c, make_history_layer in src/conv_lstm_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class History(Spec):
    """The input, followed by channels for the `size` - 1 previous inputs.

    These channels are filled only in training. At inference, with one time step per image, Darknet copies the input and
    remembers nothing (forward_history_layer): the channels after it are 0.

    Attributes:
        size: number of inputs that the output has channels for.
    """

    sections = ("history",)
    option_notes = {
        "history_size": "number of images that are kept",
    }
    authors = ("AlexeyAB",)

    size: int

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [history] section."""
        return cls(**chained(at), size=options.integer("history_size", 4, least=1))

    @property
    def output(self) -> Shape:
        """`size` times the input's channels."""
        return self.input._replace(c=self.input.c * self.size)
