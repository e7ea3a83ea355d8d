"""Where a model's body ends and its decoding begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onnx import ModelProto, NodeProto

from darkcsp.modelfile.names import is_tap

PRODUCTS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
"""Operators with weights; the last one before an output is that of a head."""


@dataclass(frozen=True)
class Border:
    """The end of a model, by names of nodes.

    Attributes:
        tail: what lies behind the last product on every way to an output: decoding, probabilities, box selection.
        last: those last products: the last convolution of each head, a classifier's last layer.
    """

    tail: frozenset[str]
    last: frozenset[str]


def find_border(model: ModelProto) -> Border:
    """Walk back from every output up to the first product on each way.

    Outputs that are taps (`layer_012`) do not count: they would make ends of layers in the middle. Nodes need names,
    each its own, as darkcsp gives them.
    """
    makers: Mapping[str, NodeProto] = {output: node for node in model.graph.node for output in node.output}
    waiting = [output.name for output in model.graph.output if not is_tap(output.name)]
    tail: set[str] = set()
    last: set[str] = set()
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.name in tail or node.name in last:
            continue
        if node.op_type in PRODUCTS:
            last.add(node.name)
        else:
            tail.add(node.name)
            waiting.extend(node.input)
    return Border(frozenset(tail), frozenset(last))
