"""Whose program: what there is, and that specs carry what it implies."""

from __future__ import annotations

import dataclasses

import pytest

from darkcsp.layers import registered
from darkcsp.spec.batch_normalization import BatchNormalization, batch_normalization_of
from darkcsp.spec.program import Program
from tests.single import PICTURE, conv, graph_as


def test_the_fork_on_a_cpu_is_the_rule() -> None:
    assert Program() == Program("AlexeyAB", "cpu")
    assert Program("pjreddie") != Program()


def test_what_no_layer_follows_is_refused() -> None:
    with pytest.raises(ValueError, match="semantics='trained' is not implemented; expected 'cpu'"):
        Program("AlexeyAB", "trained")


def test_the_graph_says_whose_rules_it_follows() -> None:
    assert graph_as("pjreddie", PICTURE + conv(1)).program == Program("pjreddie")


def test_specs_carry_what_it_implies_and_not_the_program() -> None:
    for spec in registered().values():
        assert {"program", "author", "dialect"}.isdisjoint(field.name for field in dataclasses.fields(spec))


def test_batch_normalization() -> None:
    assert batch_normalization_of(Program("AlexeyAB")) == BatchNormalization(1e-5, outside=False)
    assert batch_normalization_of(Program("pjreddie")) == BatchNormalization(1e-6, outside=True)
