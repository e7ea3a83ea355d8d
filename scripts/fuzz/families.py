"""Whose networks are drawn: what there may be in them, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from darkcsp.cfg import parse_cfg
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import Semantics
from scripts.fuzz.sections import SECTIONS, Draw


class Family(NamedTuple):
    """Networks that are read in one way.

    Attributes:
        build: makes the graph of cfg text; raises CfgError for what is refused.
        sections: what can be drawn.
    """

    build: Callable[[str], Graph]
    sections: Mapping[str, Draw]


def _darknet(semantics: Semantics) -> Family:
    return Family(partial(_build, semantics), SECTIONS)


def _build(semantics: Semantics, text: str) -> Graph:
    return build_graph(parse_cfg(text, "random.cfg"), semantics=semantics)


FAMILIES: Mapping[str, Family] = {"trained": _darknet("trained"), "cpu": _darknet("cpu")}
"""Name -> family. Another reader of cfgs is one more entry."""
