"""Specs that no cfg can have, for tests of what goes by a spec's class."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg import Options
from darkcsp.errors import Place
from darkcsp.spec import Position, Shape, Spec
from darkcsp.spec.head import Head


@dataclass(frozen=True, kw_only=True)
class Toy(Spec):
    """A layer."""

    sections = ("toy",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        return TOY

    @property
    def output(self) -> Shape:
        return self.input


@dataclass(frozen=True, kw_only=True)
class Wooden(Toy):
    """A layer derived from it."""


@dataclass(frozen=True, kw_only=True)
class ToyHead(Toy, Head):
    """A detection head."""

    @property
    def boxes(self) -> int:
        return 1


TOY = Toy(index=3, place=Place("x.cfg", 7, "toy"), sources=(2,), inputs=(Shape(1, 2, 3),))
