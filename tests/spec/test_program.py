"""Whose program: what there is, and that specs carry what it implies."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from darkcsp.errors import ArgumentError
from darkcsp.layers import registered
from darkcsp.spec.batch_normalization import BatchNormalization, batch_normalization_of
from darkcsp.spec.program import DEFAULT, SEMANTICS, Program, Semantics
from tests.networks import graph_of
from tests.single import PICTURE, conv, graph_as


def test_what_the_forks_networks_computed_in_training_is_the_rule() -> None:
    assert Program() == Program("AlexeyAB", "trained") == DEFAULT
    assert Program("pjreddie") != Program()
    assert Program(semantics="cpu").on_cpu and not Program().on_cpu


def test_unknown_semantics_are_refused() -> None:
    wrong: Any = "gpu"
    with pytest.raises(ArgumentError, match="semantics='gpu': expected one of trained, cpu"):
        Program("AlexeyAB", wrong)


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_the_graph_says_whose_rules_it_follows(semantics: Semantics) -> None:
    assert graph_as("pjreddie", PICTURE + conv(1), semantics).program == Program("pjreddie", semantics)
    assert graph_of(PICTURE + conv(1), semantics=semantics).program == Program("AlexeyAB", semantics)


def test_specs_carry_what_it_implies_and_not_the_program() -> None:
    for spec in registered().values():
        assert {"program", "author", "dialect", "semantics"}.isdisjoint(
            field.name for field in dataclasses.fields(spec)
        )


def test_batch_normalization() -> None:
    inside = BatchNormalization(1e-5, outside=False)
    assert batch_normalization_of(Program("AlexeyAB", "cpu")) == inside
    assert batch_normalization_of(Program("AlexeyAB", "trained")) == inside
    assert batch_normalization_of(Program("pjreddie", "trained")) == inside
    assert batch_normalization_of(Program("pjreddie", "cpu")) == BatchNormalization(1e-6, outside=True)
