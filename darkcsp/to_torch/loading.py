"""cfg and weights files to a Network in one call."""

from __future__ import annotations

import os

from darkcsp.cfg.document import Cfg
from darkcsp.errors import Notice, Place, warn
from darkcsp.graph.build import build_graph
from darkcsp.spec.program import DEFAULT_SEMANTICS, Semantics
from darkcsp.to_torch.network import Network
from darkcsp.weightfile.reader import read_weights


def load(
    cfg: Cfg | str | os.PathLike[str],
    weights: str | os.PathLike[str] | None = None,
    size: tuple[int, int] | None = None,
    *,
    semantics: Semantics = DEFAULT_SEMANTICS,
) -> Network:
    """Build a network, in evaluation mode.

    Args:
        cfg: the cfg, or its path.
        weights: path of a `.weights` file; layers that a partial file does not cover start at random, with a
            CfgWarning that says which.
        size: (width, height) in place of the cfg's own.
        semantics: "trained" or "cpu": what layers compute, see `build_graph`.

    Raises:
        ArgumentError: the semantics are none that are known.
        CfgError: the cfg cannot be used.
        WeightsError: the weights cannot be read, or do not fit the cfg.
        UnsupportedLayerError: a layer has no PyTorch form.
    """
    graph = build_graph(cfg, size, semantics=semantics)
    warn(graph.notices)
    if weights is None:
        return Network(graph).eval()
    arrays = read_weights(weights, graph)
    if arrays.is_partial:
        message = (
            f"covers {len(arrays)} of {arrays.layers_total} layers, up to {max(arrays)}; the rest starts at random"
        )
        warn([Notice(Place(arrays.path), message)])
    return Network(graph, arrays).eval()
