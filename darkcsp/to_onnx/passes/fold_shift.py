"""Learned numbers that are added before a convolution, in its biases ([shift_channels] of yolor's cfgs).

w * (x + c) = w * x + w * c, where w * c is one number for each filter as long as there is no padding, which would cut
c off beyond the picture's edges.
"""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.modelfile.index import attribute
from darkcsp.to_onnx.learned import LEARNED, NUMBERS, is_learned
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.replacement import Replacement, changed, derived
from darkcsp.to_onnx.rewriting import Pass

X, WEIGHTS, BIASES = Tensor(), Weight(), Weight()
CONV = op("Conv", op("Add", X, LEARNED), WEIGHTS, BIASES)


def _groups(match: Match) -> int:
    return int(attribute(match[CONV], "group", 1))


def _not_padded(match: Match) -> bool:
    return not any(attribute(match[CONV], "pads", ()))


def _one_for_each_channel(match: Match) -> bool:
    return match[NUMBERS].shape == (1, match[WEIGHTS].shape[1] * _groups(match), 1, 1)


def _folded(match: Match) -> Replacement:
    groups, weights, numbers = _groups(match), match[WEIGHTS], match[NUMBERS]

    def shifted(biases: Array) -> Array:
        kernels = weights.make().astype(np.float64).sum((2, 3)).reshape(groups, -1, weights.shape[1])
        moved = np.einsum("gfc,gc->gf", kernels, numbers.make().reshape(groups, -1)).reshape(-1)
        total: Array = (biases + moved).astype(np.float32)
        return total

    biases = derived(match[BIASES], match[BIASES].shape, shifted)
    return Replacement([changed(match[CONV], [match[X], weights.name, biases.name])], [biases])


PASS = Pass(
    "fold-shift",
    "learned numbers added before a convolution become part of its biases",
    patterns=(CONV,),
    where=(is_learned, _not_padded, _one_for_each_channel),
    rewrite=_folded,
)
