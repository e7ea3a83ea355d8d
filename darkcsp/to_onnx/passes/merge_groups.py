"""Convolutions in many narrow groups as fewer wide ones, with zeros between: kernels work on whole vectors.

Neighbouring groups are merged until one is as wide as the target's kernels want it; a filter has zeros for the channels
of the groups merged with its own. Depthwise convolutions, a filter and a channel to each group, have kernels of their
own and stay as they are.
"""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.modelfile.index import attribute
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, changed, derived
from darkcsp.to_onnx.rewriting import Pass

WEIGHTS = Weight()
PATTERN = op("Conv", Tensor(), WEIGHTS, ...)


def _groups(match: Match) -> int:
    return int(attribute(match.root, "group", 1))


def _factor(match: Match) -> int:
    """How many groups become one."""
    kernels, groups = match.draft.kernels, _groups(match)
    filters, channels = match[WEIGHTS].shape[0] // groups, match[WEIGHTS].shape[1]
    depthwise = (filters, channels) == (1, 1)
    if groups == 1 or depthwise or filters not in kernels.merged:
        return 1
    if kernels.merged_square and filters != channels:
        return 1
    factor = 1
    while filters * factor < kernels.merged_to and groups % (2 * factor) == 0:
        factor *= 2
    return factor


def _merged(match: Match) -> Replacement:
    weights, groups, factor = match[WEIGHTS], _groups(match), _factor(match)
    filters, channels, *kernel = weights.shape
    shape = (filters, channels * factor, *kernel)

    def widened(values: Array) -> Array:
        narrow = values.reshape(groups // factor, factor, filters // groups, channels, *kernel)
        wide = np.zeros((groups // factor, factor, filters // groups, factor, channels, *kernel), np.float32)
        for position in range(factor):
            wide[:, position, :, position] = narrow[:, position]
        return wide.reshape(shape)

    return Replacement([changed(match.root, group=groups // factor)], [derived(weights, shape, widened)])


PASS = Pass(
    "merge-groups",
    "groups of few filters are merged to fill a vector",
    patterns=(PATTERN,),
    where=(lambda match: _factor(match) > 1,),
    rewrite=_merged,
    int8="always",
)
