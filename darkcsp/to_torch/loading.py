"""cfg and weights files to a Network in one call."""

from __future__ import annotations

import os

from darkcsp.cfg.document import Cfg
from darkcsp.checkpoint.reading import read_parameters
from darkcsp.errors import Notice, Place, warn
from darkcsp.graph.build import build_graph
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.program import DEFAULT_SEMANTICS, Dialect, Semantics
from darkcsp.to_torch.network import Network


def load(
    cfg: Cfg | str | os.PathLike[str],
    weights: str | os.PathLike[str] | None = None,
    size: tuple[int, int] | None = None,
    *,
    semantics: Semantics = DEFAULT_SEMANTICS,
    dialect: Dialect = "auto",
    permissive: bool = False,
    strict: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Network:
    """Build a network, in evaluation mode.

    Args:
        cfg: the cfg, or its path.
        weights: path of a `.weights` file; layers that a partial file does not cover start at random, with a
            CfgWarning that says which. Or of a checkpoint, see `read_parameters`.
        size: (width, height) in place of the cfg's own.
        semantics: "trained" or "cpu": what layers compute, see `build_graph`.
        dialect: whose program the cfg is written for, see `build_graph`.
        permissive: whether an activation that Darknet does not know is relu, as in Darknet, and no error.
        strict: whether what Darknet silently ignores or replaces is an error, and weights that no training gives (see
            `Weights.faults`); without it they are a CfgWarning.
        limits: how much the cfg may ask for.

    Raises:
        LimitError: the cfg asks for more than the limits allow.
        ArgumentError: the semantics or the dialect are none that are known, or do not go together.
        CfgError: the cfg cannot be used.
        WeightsError: the weights cannot be read, or do not fit the cfg.
        UnsupportedLayerError: a layer has no PyTorch form.
    """
    graph = build_graph(
        cfg, size, strict=strict, semantics=semantics, dialect=dialect, permissive=permissive, limits=limits
    )
    warn(graph.notices)
    if weights is None:
        return Network(graph).eval()
    arrays = read_parameters(weights, graph, strict)
    network = Network(graph, arrays).eval()
    warn(arrays.notices)
    if arrays.is_partial:
        message = (
            f"covers {len(arrays)} of {arrays.layers_total} layers, up to {max(arrays)}; the rest starts at random"
        )
        warn([Notice(Place(arrays.path), message)])
    return network
