"""Learned numbers before and after a convolution become part of it, where that changes nothing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest

from darkcsp.modelfile.options import ExportOptions
from darkcsp.modelfile.writing import assemble
from darkcsp.to_onnx import model_parts
from tests.networks import graph_of, weights_of
from tests.running import run_model
from tests.single import PICTURE, numbers, section, their_conv

SHIFT = section("implicit_add", filters=6) + section("route", layers="-2") + section("shift_channels", **{"from": 1})
CONTROL = section("implicit_mul", filters=8) + section("route", layers="-2")
CONTROL += section("control_channels", **{"from": "-2"})


def shifted(**options: object) -> str:
    return PICTURE + their_conv(6, activation="leaky") + SHIFT + their_conv(8, **{"size": 1, **options}) + "[silence]\n"


def controlled(**options: object) -> str:
    return PICTURE + their_conv(8, **options) + CONTROL + "[silence]\n"


def written(text: str, passes: tuple[str, ...]) -> onnx.ModelProto:
    graph = graph_of(text, dialect="wongkinyiu")
    options = ExportOptions(head="raw", batch=None)
    return assemble(model_parts(graph, weights_of(graph), options, ("fold-batchnorm", *passes)))


def operators(model: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


CASES = [
    ("fold-shift", shifted(), True),
    ("fold-shift", shifted(batch_normalize=1, activation="silu"), True),
    ("fold-shift", shifted(size=3, pad=0, groups=2), True),
    ("fold-shift", shifted(size=1, stride=2), True),
    ("fold-shift", shifted(size=3, pad=1), False),  # the numbers are not there beyond the edges
    ("fold-control", controlled(), True),
    ("fold-control", controlled(batch_normalize=1, stride=2), True),
    ("fold-control", controlled(activation="leaky"), False),
]


@pytest.mark.parametrize(("name", "text", "folds"), CASES)
def test_it_changes_no_output_and_leaves_less_to_do(name: str, text: str, folds: bool) -> None:
    plain, folded = written(text, ()), written(text, (name,))
    onnx.checker.check_model(folded, full_check=True)
    given = numbers(3, 3, 6, 7)
    (want,), (found,) = (run_model(model, images=given).values() for model in (plain, folded))
    assert np.abs(found - want).max() <= 1e-5 * np.abs(want).max()
    assert (len(folded.graph.node) < len(plain.graph.node)) == folds
    if folds:
        assert "Slice" not in operators(folded)


def test_both_meet_in_one_convolution() -> None:
    text = PICTURE + their_conv(6, activation="leaky") + SHIFT + their_conv(8, size=1) + CONTROL + "[silence]\n"
    plain, folded = written(text, ()), written(text, ("fold-shift", "fold-control"))
    given = numbers(3, 3, 6, 7)
    (want,), (found,) = (run_model(model, images=given).values() for model in (plain, folded))
    assert np.abs(found - want).max() <= 1e-5 * np.abs(want).max()
    assert operators(folded) == {"Conv": 2, "LeakyRelu": 1, "Identity": 1}


def test_numbers_that_others_read_as_well_stay() -> None:
    text = PICTURE + their_conv(6) + SHIFT + section("shift_channels", **{"from": 1}) + their_conv(8, size=1)
    plain, same = written(text + "[silence]\n", ()), written(text + "[silence]\n", ("fold-shift",))
    assert plain.graph == same.graph
