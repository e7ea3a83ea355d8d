from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from darkcsp.modelfile.targets import Kernels
from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.replacement import Replacement, Substitute, changed, derived, reshaped, small

WEIGHTS = LazyTensor("w", (2, 3, 1, 1), lambda: np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1))


def draft_of(*size: int | str) -> Draft:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, *size])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    conv = helper.make_node("Conv", ["x", "w"], ["a"], name="conv")
    clip = helper.make_node("Clip", ["a", "low"], ["out"], name="clip")
    return Draft((conv, clip), (small("low", 0.0),), (WEIGHTS,), (x,), (out,), Kernels())


def test_the_size_of_a_tensor() -> None:
    assert draft_of(4, 5).size("a") == (4, 5)
    assert draft_of(4, "width").size("a") == (0, 0)
    assert draft_of(4, 5).size("nothing") == (0, 0)


def test_its_index_knows_large_and_small_tensors() -> None:
    index = draft_of(4, 5).index
    assert index.initializers == {"w": (2, 3, 1, 1), "low": (1,)}
    assert index.is_output("out")


def test_tensors_that_are_no_longer_read_are_dropped() -> None:
    draft = draft_of(4, 5)
    new = helper.make_node("Relu", ["a"], ["out"], name="clip")
    assert draft.rewritten({"clip": Replacement([new])}).constants == ()
    assert draft.rewritten({"clip": Replacement([new])}).weights == draft.weights
    same = helper.make_node("Relu", ["x"], ["a"], name="conv")
    assert draft.rewritten({"conv": Replacement([same])}).weights == ()


def test_a_tensor_of_the_same_name_is_replaced_in_its_place() -> None:
    draft = draft_of(4, 5)
    double = derived(WEIGHTS, WEIGHTS.shape, lambda values: 2 * values)
    more = small("low", 1.0), small("high", 2.0)
    clip = changed(draft.nodes[1], ["a", "low", "high"])
    rewritten = draft.rewritten({"clip": Replacement([clip], [double], more)})
    assert rewritten.weights == (double,)
    assert rewritten.constants == more


def test_a_substitute_takes_over_name_and_output() -> None:
    replaced = helper.make_node("Clip", ["a", "low"], ["out"], name="clip")
    new = Substitute(replaced)
    high = new.constant("high", 6.0)
    nodes, weights, constants = new.finish("Max", new.node("Min", "min", "a", high), "low", constants=[small("k", 1.0)])
    assert [(node.op_type, node.name, list(node.input), list(node.output)) for node in nodes] == [
        ("Min", "clip/min", ["a", "clip/high"], ["clip/min"]),
        ("Max", "clip", ["clip/min", "low"], ["out"]),
    ]
    assert [(tensor.name, numpy_helper.to_array(tensor).item()) for tensor in constants] == [("clip/high", 6), ("k", 1)]
    assert not weights


def test_derived_tensors_are_made_when_they_are_asked_for() -> None:
    flat = reshaped(WEIGHTS, 6)
    assert (flat.name, flat.shape) == ("w", (6,))
    np.testing.assert_array_equal(flat.make(), np.arange(6))


def test_a_changed_node_is_a_copy() -> None:
    conv = helper.make_node("Conv", ["x", "w"], ["a"], name="conv", group=4)
    new = changed(conv, ["y", "w"], output="b", group=2)
    assert new == helper.make_node("Conv", ["y", "w"], ["b"], name="conv", group=2)
    assert conv.input[0] == "x"
