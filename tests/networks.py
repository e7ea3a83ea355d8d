"""Small cfgs that several tests use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from darkcsp.cfg import Cfg, parse_cfg
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import Dialect, Semantics
from darkcsp.weightfile import Header, Weights, parse_weights

DETECTOR = """[net]
width=32
height=32
channels=3

[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
batch_normalize=1
filters=8
size=3
stride=1
pad=1
activation=mish

[shortcut]
from=-2
activation=linear

[convolutional]
filters=14
size=1
stride=1
pad=1
activation=linear

[yolo]
mask=0,1
anchors=4,6, 10,12, 20,24
num=3
classes=2

[route]
layers=3

[upsample]
stride=2

[route]
layers=-1,0

[convolutional]
filters=7
size=1
stride=1
pad=1
activation=linear

[yolo]
mask=2
anchors=4,6, 10,12, 20,24
num=3
classes=2
scale_x_y=1.1
"""
"""Two heads on two scales."""

POOLING = """[net]
width=64
height=32
channels=3

[convolutional]
filters=8
size=3
stride=2
pad=1
activation=leaky

[maxpool]
size=5
stride=1

[maxpool]
size=9
stride=1

[convolutional]
filters=14
size=1
stride=1
pad=1
activation=linear

[yolo]
mask=0,1
anchors=4,6, 10,12
num=2
classes=2
"""
"""A head behind layers, 1 and 2, that compute something else on a CPU."""

CLASSIFIER = """[net]
width=16
height=16
channels=3

[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=relu

[dropout]
probability=.5

[avgpool]

[convolutional]
filters=5
size=1
activation=linear

[softmax]

[cost]
type=sse
"""
"""A softmax over five classes."""


def graph_of(
    text: str, size: tuple[int, int] | None = None, semantics: Semantics = "trained", dialect: Dialect = "auto"
) -> Graph:
    """Build the graph of cfg text."""
    return build_graph(parse_cfg(text, "x.cfg"), size, semantics=semantics, dialect=dialect)


def weights_bytes(graph: Graph, seed: int = 0, seen: int = 64) -> bytes:
    """A `.weights` file with plausible random values: positive variances and scales."""
    rng = np.random.default_rng(seed)
    parts = []
    for spec in graph.layers:
        for blob in spec.stored:
            kind = blob.name.rsplit(".", 1)[-1]
            if kind in ("scales", "variances"):
                parts.append(rng.random(blob.size) + 0.5)
            else:
                parts.append(rng.standard_normal(blob.size) * (0.1 if kind == "means" else 0.2))
    values = np.concatenate(parts).astype("<f4") if parts else np.zeros(0, "<f4")
    return Header(seen=seen).to_bytes() + values.tobytes()


def weights_of(graph: Graph, seed: int = 0) -> Weights:
    """Plausible random weights for a graph; every part of a layer matters, be it in a `.weights` file or not."""
    found = parse_weights(weights_bytes(graph, seed), graph)
    rng = np.random.default_rng(seed + 1)
    learned = {
        spec.index: {blob.name: rng.uniform(0.5, 1.5, blob.shape).astype(np.float32) for blob in spec.blobs}
        for spec in graph.layers
        if spec.blobs and not spec.stored and graph.files.has_checkpoints
    }
    return replace(found, arrays={**found, **learned})


def write_files(folder: Path, text: str, name: str = "x") -> tuple[Path, Path]:
    """Write cfg and random weights; return their paths."""
    cfg, weights = folder / f"{name}.cfg", folder / f"{name}.weights"
    cfg.write_text(text)
    weights.write_bytes(weights_bytes(graph_of(text)))
    return cfg, weights


def cfg_of(text: str) -> Cfg:
    """Parse cfg text."""
    return parse_cfg(text, "x.cfg")
