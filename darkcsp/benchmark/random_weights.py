"""Weights for networks that have none: speed does not depend on them, as long as all values stay ordinary numbers."""

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
"""Of layers that bend: signals that shrink from layer to layer settle here, far above where floats lose precision."""

HEAD_GAIN = 0.1
"""Of what heads are given, which they take the exponential of."""

HEAD_BIAS = -4.0
"""Of the same: hardly anything is found, as in most places of a photograph."""

BRANCH_GAIN = 0.3
"""Of what is added to another signal, which would otherwise double with every shortcut."""


def write_random_weights(graph: Graph, path: Path) -> None:
    """Write a weights file that fits a graph; the same graph always gets the same file.

    Weights keep a signal's size or, behind an activation that cuts half of it off, shrink it; biases keep it above
    zero. So activations neither overflow nor become denormal, which slows processors down, however deep the network.
    Raises OSError where the file cannot be written.
    """
    rng = np.random.default_rng(0)
    with write_whole(path) as file:
        file.write(Header().to_bytes())
        for spec in graph.layers:
            gain, bias = _size(graph, spec)
            for blob in spec.stored:
                file.write(_values(rng, blob, gain, bias).data)


def _size(graph: Graph, spec: Spec) -> tuple[float, float]:
    """How large a layer's weights are, as a multiple of what keeps a signal's size, and its biases."""
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
