"""Families and heads are collected from their files, each name once."""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path

import darkcsp.zoo.heads
import darkcsp.zoo.networks
from darkcsp.zoo.catalogue import BACKBONES, CATALOGUE, PARTIAL_BACKBONES
from darkcsp.zoo.digits import DIGITS
from darkcsp.zoo.entry import STATUS_TEXT
from darkcsp.zoo.heads import HEADS
from darkcsp.zoo.networks import FAMILIES


def test_every_family_adds_its_models_and_backbones_once() -> None:
    files = set(Path(inspect.getfile(darkcsp.zoo.networks)).parent.glob("*.py"))
    assert len(FAMILIES) == len(files) - 1 >= 10
    models = Counter(model.name for family in FAMILIES for model in family.models)
    assert models.total() == len(models) == len(CATALOGUE) - 1
    assert set(models) | {DIGITS.name} == set(CATALOGUE)
    assert sum(len(family.backbones) for family in FAMILIES) == len(BACKBONES) >= 21
    assert sum(len(family.partial_backbones) for family in FAMILIES) == len(PARTIAL_BACKBONES)
    assert set(PARTIAL_BACKBONES) <= set(BACKBONES)


def test_every_file_of_heads_adds_its_heads_once() -> None:
    names = [name for name, _ in inspect.getmembers(darkcsp.zoo.heads, inspect.ismodule)]
    modules = [getattr(darkcsp.zoo.heads, name) for name in names if hasattr(getattr(darkcsp.zoo.heads, name), "HEADS")]
    heads = [head.name for module in modules for head in module.HEADS]
    assert sorted(heads) == sorted(HEADS) and len(modules) == 5


def test_the_catalogue_is_sorted_and_every_model_has_a_status_that_is_explained() -> None:
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert {entry.status for entry in CATALOGUE.values()} == set(STATUS_TEXT)
    assert [name for name, entry in CATALOGUE.items() if entry.status == "own"] == ["digits"]
