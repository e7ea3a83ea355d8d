"""Random weights for networks that have none. Speed does not depend on them as long as all values are normal floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from darkcsp.arrays import Array
from darkcsp.files import write_whole
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.spec.head import Head
from darkcsp.spec.spec import Spec
from darkcsp.weightfile.header import Header

BIAS = 0.25
"""For nonlinear layers: signals that shrink from layer to layer settle here, where floats still have full precision."""

HEAD_GAIN = 0.1
"""For the inputs of heads, which take the exponential of them."""

HEAD_BIAS = -4.0
"""For the same inputs: hardly anything is detected, as in most parts of a photograph."""

BRANCH_GAIN = 0.3
"""For signals that are added to another, which would otherwise double with every shortcut."""


def write_random_weights(graph: Graph, path: Path) -> None:
    """Write a weights file that fits a graph. The same graph always gets the same file.

    Weights preserve a signal's magnitude or, after an activation that cuts off half of it, shrink it; biases keep it
    above zero. However deep the network, values neither overflow nor become denormal, which would slow processors down.
    Raises OSError if the file cannot be written.
    """
    rng = np.random.default_rng(0)
    with write_whole(path) as file:
        file.write(Header().to_bytes())
        for spec in graph.layers:
            gain, bias = _size(graph, spec)
            for blob in spec.stored:
                file.write(_values(rng, blob, gain, bias).data)


def _size(graph: Graph, spec: Spec) -> tuple[float, float]:
    """Return the scale of a layer's weights, relative to one that preserves a signal's magnitude, and its biases."""
    readers = [graph.layers[reader] for reader in graph.consumers[spec.index]]
    if any(isinstance(reader, Head) for reader in readers):
        return HEAD_GAIN, HEAD_BIAS
    gain = BRANCH_GAIN if any(reader.adds_sources for reader in readers) else 1.0
    bends = getattr(spec, "activation", "linear") != "linear"
    return gain, BIAS * gain if bends else 0.0


def _values(rng: np.random.Generator, blob: Blob, gain: float, bias: float) -> Array:
    """Return a blob's values, flat."""
    kind = blob.name.rsplit(".", 1)[-1]
    if kind in ("scales", "variances"):
        return np.ones(blob.size, "<f4")
    if kind == "weights":
        fan_in = max(blob.size // blob.shape[0], 1)
        return (rng.standard_normal(blob.size, np.float32) * np.float32(gain / fan_in**0.5)).astype("<f4")
    return np.full(blob.size, bias if kind == "biases" else 0.0, "<f4")
