from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto, helper, numpy_helper

from darkcsp.modelfile.index import Index, attribute

INPUTS, INITIALIZERS = ("x", "y"), ("w", "b")


def node(op: str, inputs: list[str], *outputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(op, inputs, outputs, name=f"{op}:{outputs[0]}", **attributes)


@st.composite
def indexes(draw: st.DrawFn) -> Index:
    """Random graphs, with optional inputs left out, tensors read twice, and nodes of two outputs."""
    made: list[str] = []
    nodes = []
    for number in range(draw(st.integers(0, 8))):
        names = st.sampled_from([*INPUTS, *INITIALIZERS, "", *made])
        inputs = draw(st.lists(names, max_size=3))
        outputs = [f"t{number}"] + ([f"t{number}.1"] if draw(st.booleans()) else [])
        nodes.append(node(draw(st.sampled_from("AB")), inputs, *outputs))
        made += outputs
    outputs = draw(st.lists(st.sampled_from([*INPUTS, *made]), max_size=3, unique=True))
    return Index(tuple(nodes), {name: (2, 3) for name in INITIALIZERS}, tuple(outputs))


def tensors(index: Index) -> set[str]:
    return {*INPUTS, *INITIALIZERS, "nothing", *(name for node in index.nodes for name in node.output)}


@settings(deadline=None)
@given(indexes())
def test_makers_and_readers_are_those_that_a_search_finds(index: Index) -> None:
    for tensor in tensors(index):
        makers = [node for node in index.nodes if tensor in node.output]
        readers = [node for node in index.nodes for name in node.input if name == tensor]
        maker, uses = index.maker(tensor), len(readers) + index.outputs.count(tensor)
        assert ([] if maker is None else [maker]) == makers
        assert list(index.readers(tensor)) == readers
        assert index.uses(tensor) == uses
        assert index.is_output(tensor) == (tensor in index.outputs)
        assert index.is_private(tensor) == (tensor in INITIALIZERS and uses == 1)
        only = readers[0] if len(readers) == uses == 1 and readers[0].op_type == "A" else None
        assert index.only_reader(tensor, "A") == only
        assert index.only_reader(tensor, "A", "B") == (readers[0] if len(readers) == uses == 1 else None)
        assert index.only_reader(tensor) is None


@settings(deadline=None)
@given(indexes())
def test_a_walk_back_passes_what_lies_between_ends_and_stops(index: Index) -> None:
    passed, stopped = index.walk_back(index.outputs, lambda node: node.op_type == "B")
    wanted = set(index.outputs)
    for node in reversed(index.nodes):
        if node.op_type != "B" and wanted.intersection(node.output):
            wanted.update(node.input)
    reached = [node.name for node in index.nodes if wanted.intersection(node.output)]
    assert sorted(node.name for node in passed) == sorted(name for name in reached if name.startswith("A"))
    assert sorted(node.name for node in stopped) == sorted(name for name in reached if name.startswith("B"))


def test_the_index_of_a_graph() -> None:
    weights = numpy_helper.from_array(np.zeros((2, 3), np.float32), "w")
    value = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    index = Index.of_graph(helper.make_graph([node("MatMul", ["x", "w"], "out")], "g", [], [value], [weights]))
    assert [item.op_type for item in index.nodes] == ["MatMul"]
    assert index.initializers == {"w": (2, 3)}
    assert index.outputs == ("out",)


def test_an_input_left_out_is_no_tensor() -> None:
    index = Index((node("Clip", ["x", "", "w"], "out"),), {"w": ()}, ("out",))
    assert index.readers("") == ()
    assert index.maker("") is None


@pytest.mark.parametrize(("name", "expected"), [("group", 4), ("strides", [1, 2]), ("pads", "none")])
def test_attributes(name: str, expected: object) -> None:
    conv = node("Conv", ["x", "w"], "out", group=4, strides=[1, 2])
    assert attribute(conv, name, "none") == expected
