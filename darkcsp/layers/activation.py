"""[activation]: parse_activation in src/parser.c, src/activation_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.activations import read_activation
from darkcsp.spec.spec import Position, Shape, Spec, chained, layer


@layer
@dataclass(frozen=True, kw_only=True)
class ActivationLayer(Spec):
    """An activation function as a layer of its own.

    Attributes:
        activation: effective function.
    """

    sections = ("activation",)

    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [activation] section."""
        return cls(**chained(at), activation=read_activation(options, "linear", dialect=at.dialect))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input
