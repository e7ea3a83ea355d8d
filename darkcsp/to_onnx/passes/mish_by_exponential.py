"""Mish with one exponential: ONNX Runtime has no fast kernel for Softplus and Tanh."""

from __future__ import annotations

from onnx import NodeProto, TensorProto, helper

from darkcsp.to_onnx.draft import Draft, Replacement, small

LARGE = 20.0
"""From here on tanh(ln(1 + e^x)) is 1 in float32; without the limit e (e + 2) would overflow."""


def mish_by_exponential(draft: Draft) -> Draft:
    """Make x tanh(ln(1 + e^x)), three nodes, x n / (n + 2) with n = e (e + 2), e = exp(min(x, 20)).

    tanh(ln(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1) = n / (n + 2): the same function, without differences of
    like numbers.
    """
    replacements: dict[str, Replacement] = {}
    for multiply in draft.nodes:
        found = _mish(draft, multiply)
        if found is not None:
            softplus, tanh = found
            new = _written(softplus.input[0], multiply)
            replacements |= {multiply.name: (new, []), softplus.name: ([], []), tanh.name: ([], [])}
    return draft.rewritten(replacements, _CONSTANTS) if replacements else draft


def _mish(draft: Draft, multiply: NodeProto) -> tuple[NodeProto, NodeProto] | None:
    """The Softplus and the Tanh before a Mul that reads what the Softplus reads."""
    if multiply.op_type != "Mul":
        return None
    tanh = draft.maker.get(multiply.input[1])
    softplus = draft.maker.get(tanh.input[0]) if tanh is not None and tanh.op_type == "Tanh" else None
    if tanh is None or softplus is None or softplus.op_type != "Softplus" or softplus.input[0] != multiply.input[0]:
        return None
    once = draft.uses[tanh.output[0]] == draft.uses[softplus.output[0]] == 1
    return (softplus, tanh) if once else None


_TWO, _LIMIT = "mish/two", "mish/limit"
_CONSTANTS: tuple[TensorProto, ...] = (small(_TWO, 2.0), small(_LIMIT, LARGE))


def _written(x: str, multiply: NodeProto) -> list[NodeProto]:
    name, out = multiply.name, multiply.output[0]
    made = {part: f"{name}/{part}" for part in ("limited", "e", "plus", "n", "below", "ratio")}

    def node(op: str, part: str, *inputs: str) -> NodeProto:
        return helper.make_node(op, inputs, [made[part]], name=made[part])

    return [
        node("Clip", "limited", x, "", _LIMIT),
        node("Exp", "e", made["limited"]),
        node("Add", "plus", made["e"], _TWO),
        node("Mul", "n", made["e"], made["plus"]),
        node("Add", "below", made["n"], _TWO),
        node("Div", "ratio", made["n"], made["below"]),
        helper.make_node("Mul", [x, made["ratio"]], [out], name=name),
    ]
