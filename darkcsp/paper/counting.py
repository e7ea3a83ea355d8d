"""The documents' ways of counting, beside Darknet's own (`Graph.flops`, `Graph.parameters`).

The tables were made with an older Darknet and by hand; which convention each follows was found by holding the authors'
published cfgs to their printed figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from darkcsp.graph import Graph
from darkcsp.layers import Spec

COUNTED_TRAFFIC = ("convolutional", "maxpool", "avgpool", "local_avgpool")


def weights(graph: Graph) -> int:
    """#Parameter of the ImageNet tables: weights of convolutions, without biases and normalisation."""
    return sum(blob.size for spec in graph.layers for blob in spec.stored if blob.name == "weights")


def flops(graph: Graph) -> float:
    """BFLOPs of the tables, times 1e9: Darknet's count without shortcuts, which older versions left out."""
    return sum(spec.flops for spec in graph.layers if spec.type != "shortcut")


def module_operations(graph: Graph) -> float:
    """Operations as counters of PyTorch modules have them (allenai/elastic, mmcv).

    A convolution's multiplications, two per normalised value, one per value of an activation, one per value that a
    pooling reads. The model card prints this as GFLOPs, the Elastic networks are printed at twice as much.
    """
    return sum(_module_operations(spec) for spec in graph.layers)


def module_parameters(graph: Graph) -> int:
    """#Parameter as PyTorch counts it: weights, two for each normalised channel, biases of the classifier.

    The classifier is the last convolution. In networks that normalise before they convolve, PyTorch's other
    convolutions have no biases; Darknet's always have, and they are not counted.
    """
    classifier = max(spec.index for spec in graph.layers if spec.type == "convolutional")
    return sum(
        blob.size
        for spec in graph.layers
        for blob in spec.stored
        if blob.name == "weights"
        or (blob.name in ("biases", "scales") and any(other.name == "scales" for other in spec.stored))
        or (blob.name == "biases" and spec.index == classifier)
    )


def largest(graph: Graph) -> Spec:
    """The layer with the most FLOPs: the computational bottleneck of figure 7."""
    return max(graph.layers, key=lambda spec: spec.flops)


def traffic(graph: Graph) -> int:
    """CIO of figure 8: values that convolutions and poolings read and write (HarDNet's measure of memory traffic)."""
    return sum(spec.input.size + spec.output.size for spec in graph.layers if spec.type in COUNTED_TRAFFIC)


def _module_operations(spec: Spec) -> float:
    if spec.type in ("maxpool", "avgpool", "local_avgpool"):
        return spec.input.size
    cost = spec.flops / 2 if spec.type == "convolutional" else 0.0
    if spec.type == "batchnorm" or getattr(spec, "batch_normalize", False):
        cost += 2 * spec.output.size
    return cost + (spec.output.size if getattr(spec, "activation", "linear") != "linear" else 0)


class Convention(NamedTuple):
    """How the printed parameters and BFLOPs of a model were counted.

    Attributes:
        name: short.
        parameters: what #Parameter counts.
        operations: what BFLOPs counts, times 1e9.
        text: both, in words.
    """

    name: str
    parameters: Callable[[Graph], int]
    operations: Callable[[Graph], float]
    text: str


TABLES = Convention("tables", weights, flops, "weights of convolutions alone; Darknet's FLOPs without shortcuts")
WITH_SHORTCUTS = Convention(
    "tables, with shortcuts",
    weights,
    lambda graph: graph.flops,
    "weights of convolutions alone; all of Darknet's FLOPs",
)
FILE = Convention(
    "file",
    lambda graph: graph.parameters,
    flops,
    "all numbers of the weights file; Darknet's FLOPs without shortcuts",
)
CARD = Convention(
    "card",
    module_parameters,
    module_operations,
    "weights, normalisation and biases of PyTorch; multiplications, and what a counter of PyTorch modules adds to them",
)
ELASTIC = Convention(
    "elastic",
    module_parameters,
    lambda graph: 2 * module_operations(graph),
    "as for the model card; operations doubled",
)
CONVENTIONS = (TABLES, WITH_SHORTCUTS, FILE, CARD, ELASTIC)

COUNTED: Mapping[str, Convention] = {
    **dict.fromkeys(("csresnext50-plus-elastic", "res2netlite72"), WITH_SHORTCUTS),
    **dict.fromkeys(("yolov3-tiny", "yolov3-tiny-prn"), FILE),
    **dict.fromkeys(("peleenet-fpn", "peleenet-prn", "peleenet-prn-3l", "peleenet-yolov3", "sparsepeleenet-prn"), FILE),
    **dict.fromkeys(("cspdarknet50", "cspresnet50", "cspresnext50"), CARD),
    **dict.fromkeys(("csdensenet201-plus-elastic", "densenet201-plus-elastic"), ELASTIC),
}
"""Name of a model -> how it was counted, where that is not `TABLES`."""


def convention_of(name: str) -> Convention:
    """Return how the documents counted a model."""
    return COUNTED.get(name, TABLES)
