"""[empty], also [silence]: a case of its own in parse_network_cfg_custom, src/parser.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True)
class Empty(Spec):
    """Passes its input on: the layer above's own memory."""

    sections = ("empty", "silence")
    vectors = "keeps"
    authors = ("AlexeyAB",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [empty] section; it has no options."""
        return cls(**chained(at))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input
