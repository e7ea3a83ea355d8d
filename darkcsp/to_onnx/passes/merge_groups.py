"""Convolutions in many narrow groups to fewer wide ones, with zeros between: kernels work on whole vectors."""

from __future__ import annotations

import numpy as np

from darkcsp.to_onnx.draft import Draft, Replacement, attribute, changed
from darkcsp.to_onnx.emitter import LazyTensor
from darkcsp.weightfile.weights import Array

VECTOR = 8
"""Floats that OpenCV's kernels take at once."""

BLOCK = 16
"""Channels that stand together in ONNX Runtime's layout on AVX-512."""


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
        factor = _factor(draft, weights.shape[0] // groups, weights.shape[1], groups)
        if factor > 1:
            wide = _widened(weights, groups, factor)
            replacements[node.name] = [changed(node, group=groups // factor)], [wide]
    return draft.rewritten(replacements)


def _factor(draft: Draft, filters: int, channels: int, groups: int) -> int:
    """How many groups become one, of so many filters and channels each."""
    if groups == 1 or (filters, channels) == (1, 1):
        return 1
    if draft.target == "onnxruntime":  # it pays where a group is half a block, not where it is less
        return 2 if (filters, channels) == (BLOCK // 2, BLOCK // 2) and groups % 2 == 0 else 1
    if draft.target == "opencv-classic" and filters >= VECTOR // 2:  # here it pays for narrower ones
        return 1
    factor = 1
    while filters * factor < VECTOR and groups % (2 * factor) == 0:
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
