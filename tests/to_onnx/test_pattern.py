from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto, helper

from darkcsp.modelfile.targets import Kernels
from darkcsp.modelfile.writing import LazyTensor
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.pattern import COMMUTATIVE, Bound, Match, Op, Pattern, Tensor, Weight, find_matches, op

X, Y, WEIGHTS = Tensor(), Tensor(), Weight()


def node(kind: str, inputs: str, outputs: str) -> NodeProto:
    """Write a node; a lone - is an input left out."""
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(kind, names, outputs.split(), name=f"{kind}:{outputs.split()[0]}")


def draft_of(*nodes: NodeProto, outputs: str = "out", weights: str = "w v") -> Draft:
    tensors = tuple(LazyTensor(name, (2,), lambda: np.ones(2, np.float32)) for name in weights.split())
    values = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y"))
    returned = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in outputs.split())
    return Draft(nodes, (), tensors, tuple(values), tuple(returned), Kernels())


def found(draft: Draft, *patterns: Op) -> list[Match]:
    return list(find_matches(draft, patterns))


def test_a_match_says_what_stands_for_each_part() -> None:
    conv = op("Conv", X, WEIGHTS)
    relu = op("Relu", conv)
    nodes = node("Conv", "x w", "a"), node("Relu", "a", "out")
    (match,) = found(draft_of(*nodes), relu)
    assert (match.root, match.nodes) == (nodes[1], [nodes[1], nodes[0]])
    assert (match[relu], match[conv], match[X], match[WEIGHTS].name) == (nodes[1], nodes[0], "x", "w")
    assert X in match
    assert Y not in match


@pytest.mark.parametrize(
    ("extra", "outputs"),
    [([], "a out"), ([node("Exp", "a", "b")], "out"), ([node("Relu", "a", "b")], "b")],
    ids=["an output", "read by another", "read twice by the pattern"],
)
def test_what_is_made_in_between_is_read_once(extra: list[NodeProto], outputs: str) -> None:
    pattern = op("Relu", op("Exp", X))
    nodes = [node("Exp", "x", "a"), node("Relu", "a", "out")]
    assert found(draft_of(*nodes), pattern)
    assert not found(draft_of(*nodes, *extra, outputs=outputs), pattern)


def test_further_outputs_of_a_node_in_between_are_not_read() -> None:
    pattern = op("Relu", op("Split", X))
    nodes = [node("Split", "x", "a b"), node("Relu", "a", "out")]
    assert found(draft_of(*nodes), pattern)
    assert not found(draft_of(*nodes, outputs="out b"), pattern)


@pytest.mark.parametrize(("kind", "orders"), [("Mul", 2), ("Add", 2), ("Sub", 1)])
def test_inputs_stand_in_either_order_where_that_is_the_same(kind: str, orders: int) -> None:
    pattern = op(kind, op("Exp", X), WEIGHTS)
    drafts = [draft_of(node("Exp", "x", "a"), node(kind, inputs, "out")) for inputs in ("a w", "w a")]
    assert sum(len(found(draft, pattern)) for draft in drafts) == orders


def test_a_tensor_that_stands_twice_is_the_same_tensor() -> None:
    pattern = op("Mul", X, op("Tanh", op("Softplus", X)))
    nodes = [node("Softplus", "x", "a"), node("Tanh", "a", "b")]
    assert found(draft_of(*nodes, node("Mul", "x b", "out")), pattern)
    assert found(draft_of(*nodes, node("Mul", "b x", "out")), pattern)
    assert not found(draft_of(*nodes, node("Mul", "y b", "out")), pattern)


@pytest.mark.parametrize(("inputs", "closed", "opened"), [("x", 0, 0), ("x w", 1, 1), ("x w v", 0, 1)])
def test_the_number_of_inputs(inputs: str, closed: int, opened: int) -> None:
    draft = draft_of(node("Conv", inputs, "out"))
    assert len(found(draft, op("Conv", X, WEIGHTS))) == closed
    assert len(found(draft, op("Conv", X, WEIGHTS, ...))) == opened


def test_an_input_left_out_is_no_tensor() -> None:
    assert not found(draft_of(node("Clip", "x - w", "out")), op("Clip", X, Y, WEIGHTS))


def test_a_weight_is_large_and_read_once() -> None:
    pattern = op("Conv", X, WEIGHTS)
    assert not found(draft_of(node("Conv", "x y", "out")), pattern)
    shared = draft_of(node("Conv", "x w", "a"), node("Conv", "a w", "out"))
    assert not found(shared, pattern)


def test_matches_come_in_the_order_of_their_last_nodes() -> None:
    draft = draft_of(node("Exp", "x", "a"), node("Relu", "a", "b"), node("Exp", "b", "out"))
    matches = found(draft, op("Relu", X), op("Exp", X))
    assert [match.root.output[0] for match in matches] == ["a", "b", "out"]


KINDS = ("Add", "Sub", "Exp")


@st.composite
def cases(draw: st.DrawFn) -> tuple[Draft, Op]:
    """A random graph, and a pattern that is like the nodes before one of its nodes, or nearly."""
    nodes, made = [], ["x", "y", "w", "v"]
    for number in range(draw(st.integers(3, 6))):
        last = made[-1:] if draw(st.integers(0, 3)) < 3 else []
        inputs = draw(st.permutations([*last, draw(st.sampled_from([*made[:4], *made[-2:]]))]))
        nodes.append(node(draw(st.sampled_from(KINDS)), " ".join(inputs), f"t{number}"))
        made.append(f"t{number}")
    outputs = {made[-1], draw(st.sampled_from(made[4:]))}
    draft = draft_of(*nodes, outputs=" ".join(outputs))
    return draft, draw(trees(draft, draw(st.sampled_from(nodes[::-1]))))


@st.composite
def trees(draw: st.DrawFn, draft: Draft, like: NodeProto, depth: int = 2) -> Op:
    parts: list[Pattern] = []
    for name in like.input:
        maker = draft.index.maker(name)
        if maker is not None and depth and draw(st.integers(0, 3)) < 3:
            parts.append(draw(trees(draft, maker, depth - 1)))
        else:
            leaves: list[Pattern] = [Tensor(), Tensor(), X, WEIGHTS if name in draft.weight else Y]
            parts.append(draw(st.sampled_from(leaves)))
    kind = like.op_type if draw(st.integers(0, 9)) < 9 else draw(st.sampled_from(KINDS))
    if draw(st.integers(0, 3)) < 3:
        return op(kind, *parts)
    return op(kind, *parts[: draw(st.integers(1, 2))], ...)


def every_binding(draft: Draft, pattern: Op) -> Iterator[Bound]:
    """Try all nodes for all parts, in all orders of inputs."""
    ops = list(parts_of(pattern))
    uses = [name for node in draft.nodes for name in node.input] + [output.name for output in draft.outputs]
    for nodes in product(draft.nodes, repeat=len(ops)):
        for turns in product((1, -1), repeat=len(ops)):
            bound: Bound = dict(zip(ops, nodes, strict=True))
            if all(fits(draft, part, turn, bound, uses) for part, turn in zip(ops, turns, strict=True)):
                yield bound


def parts_of(pattern: Op) -> Iterator[Op]:
    yield pattern
    for part in pattern.inputs:
        if isinstance(part, Op):
            yield from parts_of(part)


def fits(draft: Draft, part: Op, turn: int, bound: Bound, uses: list[str]) -> bool:
    """Tell whether the node that is bound to a part reads what the part says; bind its leaves."""
    node = bound[part]
    inputs = list(node.input)[::turn]
    right_count = len(inputs) == len(part.inputs) or (part.open and len(inputs) > len(part.inputs))
    if node.op_type != part.type or not right_count or (turn < 0 and part.type not in COMMUTATIVE):
        return False
    for wanted, name in zip(part.inputs, inputs, strict=False):
        if isinstance(wanted, Op):
            if bound[wanted].output[0] != name or uses.count(name) != 1:
                return False
        elif isinstance(wanted, Weight):
            if name not in draft.weight or uses.count(name) != 1:
                return False
            bound[wanted] = draft.weight[name]
        elif bound.setdefault(wanted, name) != name:
            return False
    return True


def printed(bound: Bound) -> frozenset[tuple[int, str]]:
    return frozenset((id(part), thing if isinstance(thing, str) else thing.name) for part, thing in bound.items())


@settings(deadline=None)
@given(cases())
def test_all_matches_are_found_and_no_others(case: tuple[Draft, Op]) -> None:
    draft, pattern = case
    matches = {printed(dict(match.bound)) for match in find_matches(draft, [pattern])}
    assert matches == {printed(bound) for bound in every_binding(draft, pattern)}
