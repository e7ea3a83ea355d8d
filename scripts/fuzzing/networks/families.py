"""Families of networks to draw: their sections, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from darkcsp.cfg import parse_cfg
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import Dialect, Semantics
from scripts.fuzzing.networks import sections, wongkinyiu
from scripts.fuzzing.networks.sections import Draw


class Family(NamedTuple):
    """Networks that are read in one way.

    Attributes:
        build: makes the graph of cfg text; raises CfgError if it is refused.
        sections: the sections that can be drawn.
    """

    build: Callable[[str], Graph]
    sections: Mapping[str, Draw]


def _read_by(semantics: Semantics, dialect: Dialect = "auto") -> Callable[[str], Graph]:
    return lambda text: build_graph(parse_cfg(text, "random.cfg"), semantics=semantics, dialect=dialect)


FAMILIES: Mapping[str, Family] = {
    "trained": Family(_read_by("trained"), sections.SECTIONS),
    "cpu": Family(_read_by("cpu"), sections.SECTIONS),
    "wongkinyiu": Family(_read_by("trained", "wongkinyiu"), wongkinyiu.SECTIONS),
}
"""Name -> family. Another reader of cfgs is one more entry."""
