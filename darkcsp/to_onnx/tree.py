"""Trees of classes as nodes (src/tree.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.spec.tree import Tree
from darkcsp.to_onnx.emitter import Emitter


def write_tree_softmax(emit: Emitter, tree: Tree, x: str) -> str:
    """Write one softmax for each group of siblings in x, (N, rows, classes): groups of one size at a time."""
    parts = []
    for groups in tree.groups_by_size:
        picked = emit.node("Gather", x, emit.constant(groups, np.int64), axis=2)
        parts.append(emit.reshape(emit.node("Softmax", picked, axis=3), 0, 0, -1))
    order = np.concatenate([np.ravel(groups) for groups in tree.groups_by_size])
    together = emit.node("Concat", *parts, axis=2)
    return emit.node("Gather", together, emit.constant(np.argsort(order), np.int64), axis=2)


def write_products(emit: Emitter, tree: Tree, x: str) -> str:
    """Write each class's probability given its parent, times those of everything above it; x is (N, rows, classes)."""
    x = emit.node("Pad", x, emit.ints(0, 0, 0, 0, 0, 1), emit.constant(1.0))
    for table in tree.jumps:
        x = emit.node("Mul", x, emit.node("Gather", x, emit.constant(table, np.int64), axis=2))
    return emit.slice(x, 2, 0, len(tree.parents))


def write_narrowest(emit: Emitter, x: str, classes: int) -> str:
    """Write zeros over all classes but the last whose probability is above 0.5; x is (N, rows, classes)."""
    above = emit.node("Cast", emit.node("Greater", x, emit.constant(0.5)), to=1)
    ranks = emit.node("Mul", above, emit.constant(np.arange(1, classes + 1)))
    last = emit.node("Cast", emit.node("Equal", ranks, emit.node("ReduceMax", ranks, axes=[2], keepdims=1)), to=1)
    return emit.node("Mul", x, emit.node("Mul", above, last))
