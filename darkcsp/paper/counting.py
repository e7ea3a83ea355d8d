"""The published tables' ways of counting; Darknet's own are `Graph.flops` and `Graph.parameters`.

The tables were made with an older Darknet and by hand. The convention of each was found by comparing the authors'
published cfgs with their printed figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from darkcsp.graph import Graph
from darkcsp.layers import Spec

COUNTED_TRAFFIC = ("convolutional", "maxpool", "avgpool", "local_avgpool")


def weights(graph: Graph) -> int:
    """Count #Parameter of the ImageNet tables: weights of convolutions, without biases and batch norm."""
    return sum(blob.size for spec in graph.layers for blob in spec.stored if blob.name == "weights")


def flops(graph: Graph) -> float:
    """Count BFLOPs of the tables, times 1e9: Darknet's count without shortcuts, which older versions left out."""
    return sum(spec.flops for spec in graph.layers if spec.type != "shortcut")


def module_operations(graph: Graph) -> float:
    """Count operations as counters of PyTorch modules do (allenai/elastic, mmcv).

    These are a convolution's multiplications, two per normalised value, one per value of an activation, and one per
    value that a pooling layer reads. The model card prints this number as GFLOPs; for the Elastic networks, twice this
    number is printed.
    """
    return sum(_module_operations(spec) for spec in graph.layers)


def module_parameters(graph: Graph) -> int:
    """Count #Parameter as in PyTorch: weights, two for each normalised channel, and biases of the classifier.

    The classifier is the last convolution. In networks with batch norm before the convolutions, the other convolutions
    have no biases in PyTorch. Darknet's always have biases, which are not counted.
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
    """Return the layer with the most FLOPs: the computational bottleneck of figure 7."""
    return max(graph.layers, key=lambda spec: spec.flops)


def traffic(graph: Graph) -> int:
    """Count CIO of figure 8 (HarDNet's memory traffic): values that convolutions and pooling read and write."""
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
        name: a short name.
        parameters: counts #Parameter.
        operations: counts BFLOPs, times 1e9.
        text: describes both.
    """

    name: str
    parameters: Callable[[Graph], int]
    operations: Callable[[Graph], float]
    text: str


TABLES = Convention("tables", weights, flops, "only the weights of convolutions; Darknet's FLOPs without shortcuts")
WITH_SHORTCUTS = Convention(
    "tables, with shortcuts",
    weights,
    lambda graph: graph.flops,
    "only the weights of convolutions; all of Darknet's FLOPs",
)
FILE = Convention(
    "file",
    lambda graph: graph.parameters,
    flops,
    "all numbers in the weights file; Darknet's FLOPs without shortcuts",
)
CARD = Convention(
    "card",
    module_parameters,
    module_operations,
    "weights, batch norm and biases as in PyTorch; multiplications, and what counters of PyTorch modules add to them",
)
ELASTIC = Convention(
    "elastic",
    module_parameters,
    lambda graph: 2 * module_operations(graph),
    "as for the model card, with operations doubled",
)
CONVENTIONS = (TABLES, WITH_SHORTCUTS, FILE, CARD, ELASTIC)

COUNTED: Mapping[str, Convention] = {
    **dict.fromkeys(("csresnext50-plus-elastic", "res2netlite72"), WITH_SHORTCUTS),
    **dict.fromkeys(("yolov3-tiny", "yolov3-tiny-prn"), FILE),
    **dict.fromkeys(("peleenet-fpn", "peleenet-prn", "peleenet-prn-3l", "peleenet-yolov3", "sparsepeleenet-prn"), FILE),
    **dict.fromkeys(("cspdarknet50", "cspresnet50", "cspresnext50"), CARD),
    **dict.fromkeys(("csdensenet201-plus-elastic", "densenet201-plus-elastic"), ELASTIC),
}
"""Name of a model -> how it was counted, unless that is `TABLES`."""


def convention_of(name: str) -> Convention:
    """Return how the published tables count a model."""
    return COUNTED.get(name, TABLES)
