"""Scale and order of a uint8 picture's channels in the weights of the first convolution.

It takes channels in the picture's order, 0..255; its weights are reversed and divided by 255. Beyond the edges of the
picture there are zeros before and after.
"""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.to_onnx.pattern import Match, Tensor, Weight, op
from darkcsp.to_onnx.picture import BYTE, SCOPE
from darkcsp.to_onnx.replacement import Replacement, changed, derived
from darkcsp.to_onnx.rewriting import Pass

WEIGHTS = Weight()
CAST = op("Cast", Tensor())
GREY = op("Conv", op("Mul", CAST, Tensor()), WEIGHTS, ...)
REVERSED = op("Gather", CAST, Tensor())
COLOUR = op("Conv", op("Mul", REVERSED, Tensor()), WEIGHTS, ...)


def _of_the_picture(match: Match) -> bool:
    return match[CAST].name.startswith(f"{SCOPE}/")


def _reads_every_channel(match: Match) -> bool:
    return match[WEIGHTS].shape[1] == (3 if REVERSED in match else 1)


def _folded(match: Match) -> Replacement:
    def scaled(values: Array) -> Array:
        return (values[:, ::-1] if REVERSED in match else values) / np.float32(BYTE)

    cast, conv, weights = match[CAST], match.root, match[WEIGHTS]
    new = derived(weights, weights.shape, scaled)
    return Replacement([cast, changed(conv, [cast.output[0], *conv.input[1:]])], [new])


PASS = Pass(
    "fold-picture",
    "the scale and order of a uint8 picture's channels become part of the first convolution",
    patterns=(GREY, COLOUR),
    where=(_of_the_picture, _reads_every_channel),
    rewrite=_folded,
)
