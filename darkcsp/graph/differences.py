"""Find the layers of a network that compute something different in the other semantics."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from darkcsp.errors import CfgError, LimitError
from darkcsp.graph.build import build_by
from darkcsp.graph.graph import Graph
from darkcsp.spec.program import WONGKINYIUS, Semantics

logger = logging.getLogger("darkcsp")

FEW = 8
"""Maximum number of layers of one type that are listed individually."""

_OTHER: Mapping[Semantics, Semantics] = {"trained": "cpu", "cpu": "trained"}
_WHERE: Mapping[Semantics, str] = {"trained": "where the network was trained", "cpu": "on a CPU"}


@dataclass(frozen=True)
class Differences:
    """How a network differs from itself in the other semantics.

    Attributes:
        path: the cfg's path.
        semantics: the other semantics.
        layers: type -> numbers of the layers that compute something different.
        refusal: why the program rejects the cfg in the other semantics; empty if it does not.
    """

    path: str
    semantics: Semantics
    layers: Mapping[str, Sequence[int]]
    refusal: str = ""

    @property
    def indices(self) -> list[int]:
        """Numbers of all layers that compute something different, in order."""
        return sorted(index for found in self.layers.values() for index in found)

    @property
    def line(self) -> str:
        """A one-line summary for users; empty if there is no difference."""
        where = _WHERE[self.semantics]
        if self.refusal:
            return f"{self.path}: Darknet rejects this network {where} (--semantics {self.semantics}): {self.refusal}"
        if not self.layers:
            return ""
        named = "; ".join(_named(kind, found) for kind, found in self.layers.items())
        verb = "computes" if len(self.indices) == 1 else "compute"
        return f"{self.path}: {named} {verb} differently {where} (--semantics {self.semantics})"


def differences(graph: Graph) -> Differences:
    """Compare a network's layers with those of the same cfg in the other semantics, by the same author's rules.

    PyTorch programs have only one semantics, so there are no differences.
    """
    other = _OTHER[graph.program.semantics]
    if graph.program.author in WONGKINYIUS:
        return Differences(graph.cfg.path, other, {})
    size = (graph.input.w, graph.input.h) if graph.net.is_picture else None
    try:
        others = build_by(graph.cfg, dataclasses.replace(graph.program, semantics=other), size, graph.limits).layers
    except (CfgError, LimitError) as refusal:
        return Differences(graph.cfg.path, other, {}, str(refusal))
    found: dict[str, list[int]] = {}
    for spec, twin in zip(graph.layers, others, strict=True):
        if spec != twin:
            found.setdefault(spec.type, []).append(spec.index)
    return Differences(graph.cfg.path, other, found)


def log_differences(graph: Graph) -> None:
    """Log to "darkcsp" at level INFO if the other semantics compute something different."""
    if line := differences(graph).line:
        logger.info(line)


def _named(kind: str, indices: Sequence[int]) -> str:
    if len(indices) > FEW:
        return f"{len(indices)} [{kind}] layers from {indices[0]} to {indices[-1]}"
    return f"layer{'s' if len(indices) > 1 else ''} {', '.join(map(str, indices))} [{kind}]"
