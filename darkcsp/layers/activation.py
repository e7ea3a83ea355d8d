"""[activation]: parse_activation in src/parser.c, src/activation_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ActivationLayer(Spec):
    """An activation function as a layer of its own.

    Attributes:
        activation: effective function.
    """

    sections = ("activation",)
    vectors = "keeps"

    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [activation] section."""
        return cls(**chained(at), activation=read_activation(options, "linear", at.program))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input
