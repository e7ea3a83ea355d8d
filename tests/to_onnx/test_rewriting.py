from __future__ import annotations

from collections.abc import Callable
from operator import add, mul, neg

from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto, helper

from darkcsp.modelfile.targets import Kernels
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.pattern import Match, Tensor, op
from darkcsp.to_onnx.replacement import Replacement, Substitute, changed
from darkcsp.to_onnx.rewriting import Pass

X, Y = Tensor(), Tensor()
EXP = op("Exp", X)
GIVEN = {"x": 3, "y": -5}
FUNCTIONS: dict[str, Callable[..., int]] = {"Neg": neg, "Add": add, "Mul": mul}


def node(kind: str, inputs: str, output: str) -> NodeProto:
    return helper.make_node(kind, inputs.split(), [output], name=f"{kind}:{output}")


def draft_of(*nodes: NodeProto, outputs: str = "out") -> Draft:
    inputs, returned = (
        tuple(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
        for names in (GIVEN, outputs.split())
    )
    return Draft(nodes, (), (), inputs, returned, Kernels())


def kinds(draft: Draft) -> list[str]:
    return [node.op_type for node in draft.nodes]


def as_neg(match: Match) -> Replacement:
    return Replacement([helper.make_node("Neg", [match[X]], match.root.output, name=match.root.name)])


def test_new_nodes_stand_where_the_last_one_stood() -> None:
    draft = draft_of(node("Exp", "x", "a"), node("Abs", "y", "b"), node("Relu", "a", "c"), node("Add", "b c", "out"))
    item = Pass("p", "", patterns=(op("Relu", EXP),), rewrite=as_neg)
    assert kinds(item.apply(draft)) == ["Abs", "Neg", "Add"]


def test_without_a_match_the_draft_is_the_same() -> None:
    draft = draft_of(node("Exp", "x", "out"))
    assert Pass("p", "", patterns=(op("Relu", X),), rewrite=as_neg).apply(draft) is draft


def test_conditions_are_asked_in_order_until_one_does_not_hold() -> None:
    asked = []

    def condition(name: str, holds: bool) -> Callable[[Match], bool]:
        def asking(match: Match) -> bool:
            asked.append(name)
            return holds

        return asking

    draft = draft_of(node("Exp", "x", "out"))
    where = (condition("a", True), condition("b", False), condition("c", True))
    item = Pass("p", "", patterns=(EXP,), rewrite=as_neg, where=where)
    assert item.apply(draft) is draft
    assert asked == ["a", "b"]


def test_matches_that_share_a_node_are_not_both_replaced() -> None:
    draft = draft_of(node("Exp", "x", "a"), node("Exp", "a", "b"), node("Exp", "b", "out"))
    assert kinds(Pass("p", "", patterns=(op("Exp", EXP),), rewrite=as_neg).apply(draft)) == ["Neg", "Exp"]


def test_a_match_that_fails_a_condition_does_not_hide_another() -> None:
    draft = draft_of(node("Add", "x y", "out"))
    item = Pass("p", "", patterns=(op("Add", X, Y),), rewrite=as_neg, where=(lambda match: match[X] == "y",))
    (only,) = item.apply(draft).nodes
    assert list(only.input) == ["y"]


def distributed(match: Match) -> Replacement:
    new = Substitute(match.root)
    return new.finish("Add", new.node("Mul", "xx", match[X], match[X]), new.node("Mul", "xy", match[X], match[Y]))


def swapped(match: Match) -> Replacement:
    return Replacement([changed(match.root, [match[Y], match[X]])])


PASSES = (
    Pass("negated twice", "", patterns=(op("Neg", op("Neg", X)),), rewrite=lambda match: Replacement(
        [helper.make_node("Add", [match[X], "zero"], match.root.output, name=match.root.name)],
        constants=[helper.make_tensor("zero", TensorProto.FLOAT, [], [0])],
    )),
    Pass("distributed", "", patterns=(op("Mul", X, op("Add", X, Y)),), rewrite=distributed),
    Pass("swapped", "", patterns=(op("Add", X, Y), op("Mul", X, Y)), rewrite=swapped),
)  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    nodes, made = [], list(GIVEN)
    for number in range(draw(st.integers(1, 9))):
        kind, (one, two) = draw(st.sampled_from(sorted(FUNCTIONS))), draw(st.permutations(made[-3:]))[:2]
        if kind == "Mul" and draw(st.booleans()):
            nodes.append(node("Add", f"{one} {two}", two := f"sum{number}"))
        nodes.append(node(kind, one if kind == "Neg" else f"{one} {two}", f"t{number}"))
        made.append(f"t{number}")
    return draft_of(*nodes, outputs=" ".join({made[-1], draw(st.sampled_from(made[2:]))}))


def calculated(draft: Draft) -> dict[str, int]:
    values = {**GIVEN, **{tensor.name: 0 for tensor in draft.constants}}
    for item in draft.nodes:
        values[item.output[0]] = FUNCTIONS[item.op_type](*(values[name] for name in item.input))
    return {output.name: values[output.name] for output in draft.outputs}


@settings(deadline=None)
@given(drafts(), st.permutations(PASSES))
def test_passes_change_no_output(draft: Draft, passes: list[Pass]) -> None:
    want = calculated(draft)
    for item in passes:
        draft = item.apply(draft)
        assert calculated(draft) == want
        assert {tensor.name for tensor in draft.constants} <= {name for node in draft.nodes for name in node.input}
