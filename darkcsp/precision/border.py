"""Finds where a model's body ends and its decoding begins."""

from __future__ import annotations

from dataclasses import dataclass

from onnx import ModelProto

from darkcsp.modelfile.index import Index
from darkcsp.modelfile.names import is_tap

PRODUCTS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
"""Operators with weights; the last one before an output belongs to a head."""


@dataclass(frozen=True)
class Border:
    """The end of a model, as names of nodes.

    Attributes:
        tail: the nodes after the last product on every path to an output: decoding, probabilities, box selection.
        last: those last products: the last convolution of each head, a classifier's last layer.
    """

    tail: frozenset[str]
    last: frozenset[str]


def find_border(model: ModelProto) -> Border:
    """Walk back from every output to the first product on each path.

    Taps (`layer_012`) are ignored, as they would turn inner layers into ends. Nodes need unique names, which darkcsp
    gives them.
    """
    index = Index.of_graph(model.graph)
    ends = [name for name in index.outputs if not is_tap(name)]
    tail, last = index.walk_back(ends, lambda node: node.op_type in PRODUCTS)
    return Border(frozenset(node.name for node in tail), frozenset(node.name for node in last))
