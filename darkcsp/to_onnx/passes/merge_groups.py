"""Convolutions in many narrow groups to fewer wide ones, with zeros between: kernels work on whole vectors."""

from __future__ import annotations

import numpy as np

from darkcsp.modelfile.targets import Kernels
from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft, Replacement, attribute, changed
from darkcsp.weightfile.weights import Array


def merge_groups(draft: Draft) -> Draft:
    """Merge neighbouring groups of a convolution until one is as wide as the target's kernels want it.

    A filter has zeros for the channels of the groups merged with its own. Depthwise convolutions, a filter and a
    channel to each group, have kernels of their own and are left alone.
    """
    replacements: dict[str, Replacement] = {}
    for node in draft.nodes:
        if node.op_type != "Conv" or node.input[1] not in draft.weight or draft.uses[node.input[1]] != 1:
            continue
        groups, weights = int(attribute(node, "group", 1)), draft.weight[node.input[1]]
        factor = _factor(draft.kernels, weights.shape[0] // groups, weights.shape[1], groups)
        if factor > 1:
            wide = _widened(weights, groups, factor)
            replacements[node.name] = [changed(node, group=groups // factor)], [wide]
    return draft.rewritten(replacements)


def _factor(kernels: Kernels, filters: int, channels: int, groups: int) -> int:
    """How many groups become one, of so many filters and channels each."""
    depthwise = (filters, channels) == (1, 1)
    if groups == 1 or depthwise or filters not in kernels.merged:
        return 1
    if kernels.merged_square and filters != channels:
        return 1
    factor = 1
    while filters * factor < kernels.merged_to and groups % (2 * factor) == 0:
        factor *= 2
    return factor


def _widened(weights: LazyTensor, groups: int, factor: int) -> LazyTensor:
    filters, channels, *kernel = weights.shape
    shape = (filters, channels * factor, *kernel)

    def make() -> Array:
        narrow = weights.make().reshape(groups // factor, factor, filters // groups, channels, *kernel)
        wide = np.zeros((groups // factor, factor, filters // groups, factor, channels, *kernel), np.float32)
        for position in range(factor):
            wide[:, position, :, position] = narrow[:, position]
        return wide.reshape(shape)

    return LazyTensor(weights.name, shape, make)
