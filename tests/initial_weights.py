"""The weights that Darknet starts a network with: drawn by the C library's `rand`, which is the GNU one's here.

A reference case without weights was measured with them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from darkcsp.graph import Graph
from darkcsp.layers.convolutional import Convolutional
from darkcsp.weightfile import Header

Array = npt.NDArray[np.float32]

MODULUS = 2**31 - 1
WORDS, LAG, BURN_IN = 31, 3, 310


def initial_weights(graph: Graph) -> bytes:
    """The `.weights` file of a network of convolutions as make_convolutional_layer leaves it, without `srand`."""
    drawn = rand(sum(spec.stored[-1].size for spec in graph.layers if spec.stored))
    parts: list[Array] = []
    for spec in graph.layers:
        assert isinstance(spec, Convolutional)
        for blob in spec.stored[:-1]:
            parts.append(np.full(blob.size, blob.name == "scales", np.float32))
        size = spec.stored[-1].size
        own, drawn = drawn[:size], drawn[size:]
        scale = np.float32(np.sqrt(2 / (spec.size**2 * spec.weights_shape[1])))
        parts.append(scale * (2 * own - 1))
    return Header(0, 2, 5).to_bytes() + np.concatenate(parts).astype("<f4").tobytes()


def rand(count: int) -> Array:
    """The first numbers of the GNU C library's `rand`, as 0..1: each the sum of those 31 and 3 places before it."""
    words = [1]
    for _ in range(1, WORDS):
        words.append(16807 * words[-1] % MODULUS)
    words += words[:LAG]
    while len(words) < WORDS + LAG + BURN_IN + count:
        words.append((words[-WORDS] + words[-LAG]) % 2**32)
    return np.array([word >> 1 for word in words[-count:]], np.float64).astype(np.float32) / np.float32(MODULUS)
