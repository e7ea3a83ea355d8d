"""Scale and order of a uint8 picture's channels in the weights of the first convolution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from onnx import NodeProto, TensorProto

from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft, Replacement, changed
from darkcsp.to_onnx.picture import BYTE
from darkcsp.weightfile.weights import Array


def fold_picture(draft: Draft) -> Draft:
    """Let the first convolution take channels in their own order, 0..255, its weights being turned and divided by 255.

    Beyond the picture's edges there are zeros before and after. Nothing is changed where something else reads the
    picture, or where the first layer is no plain convolution.
    """
    if draft.inputs[0].type.tensor_type.elem_type != TensorProto.UINT8:
        return draft
    found = _first(draft)
    if found is None:
        return draft
    dropped, source, conv = found
    turned = any(node.op_type == "Gather" for node in dropped)
    weights = draft.weight[conv.input[1]]
    new = LazyTensor(weights.name, weights.shape, _scaled(weights, turned))
    replacements: dict[str, Replacement] = {node.name: ([], []) for node in dropped}
    replacements[conv.name] = [changed(conv, [source, *conv.input[1:]])], [new]
    return draft.rewritten(replacements)


def _first(draft: Draft) -> tuple[list[NodeProto], str, NodeProto] | None:
    """The nodes behind the Cast that can go, what they read, and the convolution that reads them."""
    cast = next((node for node in draft.nodes if node.op_type == "Cast"), None)
    if cast is None:
        return None
    dropped: list[NodeProto] = []
    source = cast.output[0]
    for op in ("Gather", "Mul"):
        node = draft.only_reader(dropped[-1].output[0] if dropped else source, op)
        if node is not None:
            dropped.append(node)
    conv = draft.only_reader(dropped[-1].output[0], "Conv") if dropped else None
    if conv is None or conv.input[1] not in draft.weight or draft.uses[conv.input[1]] != 1:
        return None
    channels = {"Gather": 3, "Mul": 1}[dropped[0].op_type]
    return (dropped, source, conv) if draft.weight[conv.input[1]].shape[1] == channels else None


def _scaled(weights: LazyTensor, turned: bool) -> Callable[[], Array]:
    def make() -> Array:
        made = weights.make()
        return (made[:, ::-1] if turned else made) / np.float32(BYTE)

    return make
