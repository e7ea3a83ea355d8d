"""All settings for reading a cfg as one value, which commands, exports and runtimes pass on unchanged."""

from __future__ import annotations

import os
from typing import NamedTuple

from darkcsp.cfg.document import Cfg
from darkcsp.graph.build import build_graph
from darkcsp.graph.graph import Graph
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.program import DEFAULT_SEMANTICS, Dialect, Semantics


class CfgReading(NamedTuple):
    """How a cfg is read; the fields are the arguments of `build_graph` with the same names."""

    size: tuple[int, int] | None = None
    semantics: Semantics = DEFAULT_SEMANTICS
    dialect: Dialect = "auto"
    permissive: bool = False
    strict: bool = False
    limits: Limits = DEFAULT_LIMITS


def read_graph(cfg: Cfg | str | os.PathLike[str], reading: CfgReading) -> Graph:
    """Build the graph of a cfg. Raises the same errors as `build_graph`."""
    return build_graph(cfg, **reading._asdict())
